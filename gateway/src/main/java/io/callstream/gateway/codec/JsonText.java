package io.callstream.gateway.codec;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** JSON as senders write it, before anything is known of it. */
public final class JsonText {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private JsonText() {}

    /**
     * Reads JSON strictly. Names and numbers may have any length, because the body's own limit bounds them.
     *
     * @param nesting how deep objects and arrays may stand in each other
     */
    public static JsonFactory factory(int nesting) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(nesting)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    /** The text from its first character on that is neither blank nor a byte-order mark. */
    public static String begin(String text) {
        int start = 0;
        while (start < text.length() && (text.charAt(start) <= ' ' || text.charAt(start) == BYTE_ORDER_MARK)) {
            start++;
        }
        return text.substring(start);
    }
}
