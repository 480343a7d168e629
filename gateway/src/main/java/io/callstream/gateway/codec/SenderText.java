package io.callstream.gateway.codec;

/** Text as senders write it: what is blank in it, what is no text, and how much of it is repeated to people. */
public final class SenderText {

    private static final int LONGEST_EXCERPT = 64;

    private SenderText() {}

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
            if (Character.isISOControl(text.charAt(i)) || isHalf(text, i)) {
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

    /** The beginning of a long text, without half of a character at its end; a short one itself. */
    public static String excerpt(String text) {
        if (text.length() <= LONGEST_EXCERPT) {
            return text;
        }
        boolean splits = Character.isHighSurrogate(text.charAt(LONGEST_EXCERPT - 1));
        return text.substring(0, splits ? LONGEST_EXCERPT - 1 : LONGEST_EXCERPT) + "…";
    }

    /** Without what CloudEvents forbids in an attribute: control characters and what Unicode keeps for no character. */
    static boolean isPrintable(String text) {
        for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (Character.isISOControl(c) || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef)) {
                return false;
            }
        }
        return true;
    }

    /** A lone half of a surrogate pair can be escaped in JSON but stands for no character and has no UTF-8. */
    static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i)) && isHalf(text, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a half of a character is there without its other half. */
    static boolean isHalf(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
