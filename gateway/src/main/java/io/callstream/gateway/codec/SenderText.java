package io.callstream.gateway.codec;

/** Helpers for text that senders write: blanks, characters that are not text, and excerpts for messages. */
public final class SenderText {

    private static final int LONGEST_EXCERPT = 64;

    private SenderText() {}

    /** Returns the text without blanks at its beginning. */
    public static String begin(String text) {
        int start = 0;
        while (start < text.length() && isBlank(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    /** Returns the text without blanks at both ends. */
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

    /** Returns the text with a question mark for each control character and each lone surrogate. */
    public static String printable(String text) {
        StringBuilder printable = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i)) || isHalf(text, i)) {
                printable.setCharAt(i, '?');
            }
        }
        return printable.toString();
    }

    /**
     * Any white space, including no-break spaces, and invisible characters: byte order marks and zero-width characters.
     */
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

    /** Returns the beginning of a long text, and a short text unchanged. It never splits a surrogate pair. */
    public static String excerpt(String text) {
        if (text.length() <= LONGEST_EXCERPT) {
            return text;
        }
        boolean splits = Character.isHighSurrogate(text.charAt(LONGEST_EXCERPT - 1));
        return text.substring(0, splits ? LONGEST_EXCERPT - 1 : LONGEST_EXCERPT) + "…";
    }

    /**
     * Whether the text has none of the characters that CloudEvents forbids: control characters and Unicode
     * noncharacters.
     */
    static boolean isPrintable(String text) {
        for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (Character.isISOControl(c) || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the text has no lone surrogate. JSON can escape one, but it is no character and has no UTF-8. */
    static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i)) && isHalf(text, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is a lone surrogate at this index. */
    static boolean isHalf(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
