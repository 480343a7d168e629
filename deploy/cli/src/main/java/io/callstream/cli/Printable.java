package io.callstream.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes text from outside safe to print: events, headers, quarantined bytes, HTTP answers, files, exception messages.
 *
 * <p>A character that controls a terminal or that a reader cannot see is printed as {@code \}{@code uXXXX}. These are
 * control characters (C0, DEL, C1), line and paragraph separators, format characters (bidirectional controls,
 * zero-width characters) and lone surrogates. A backslash is not escaped, so the result cannot be decoded.
 */
public final class Printable {

    private Printable() {}

    /** Returns the text as one line. */
    public static String line(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (isPrintable(character)) {
                line.appendCodePoint(character);
            } else {
                for (char unit : Character.toChars(character)) {
                    line.append("\\u%04x".formatted((int) unit));
                }
            }
        });
        return line.toString();
    }

    /** Returns text of several lines. Each line begins with a mark, so that it cannot look like a line of this tool. */
    public static String block(String text) {
        return Stream.of(text.split("\n", -1)).map(line -> "| " + line(line)).collect(Collectors.joining("\n"));
    }

    /** Returns a valid JSON text as one line. It is parsed to the same value. */
    public static String json(String valid) {
        // In valid JSON, line breaks and tabs are only between tokens, and the other characters that are escaped are
        // only in strings.
        return line(valid.replace('\n', ' ').replace('\r', ' ').replace('\t', ' '));
    }

    /** Whether all is printable ASCII, as nearly every text is: a table of the console has hundreds, each second. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
