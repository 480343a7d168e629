package io.callstream.gateway.codec;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** Text as senders write it, before anything is known of it. */
public final class JsonText {

    /** Far longer than any field's; readers of the event have limits of their own. */
    static final int LONGEST_NAME = 1000;

    private JsonText() {}

    /**
     * Reads JSON strictly. Values may have any length, because the body's own limit bounds them.
     *
     * @param nesting how deep objects and arrays may stand in each other
     */
    public static JsonFactory factory(int nesting) {
        return JsonFactory.builder()
                // Event loops are few, and each reads one callback after the other.
                .recyclerPool(JsonRecyclerPools.threadLocalPool())
                // The parser's table of names is never emptied, and senders choose the names.
                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(nesting)
                        .maxNameLength(LONGEST_NAME)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    /** The text from its first character on that is no blank. */
    public static String begin(String text) {
        int start = 0;
        while (start < text.length() && isBlank(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    /** The text without blanks at both ends; itself where there are none. */
    public static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /** The text with a question mark for each control character and each half of a character. */
    public static String printable(String text) {
        StringBuilder printable = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i)) || FieldReader.isHalf(text, i)) {
                printable.setCharAt(i, '?');
            }
        }
        return printable.toString();
    }

    /** White space of any kind, the no-break ones included, and what is not to be seen: marks of byte order, zero-width. */
    private static boolean isBlank(char c) {
        if (c <= ' ') {
            return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
        }
        return c >= 0x85
                && (Character.isSpaceChar(c)
                        || c == 0x85
                        || (c >= 0x200b && c <= 0x200d)
                        || c == 0x2060
                        || c == 0xfeff
                        || c == 0x180e);
    }
}
