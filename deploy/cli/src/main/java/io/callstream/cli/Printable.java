package io.callstream.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes text from outside safe to print: events, headers, quarantined bytes, HTTP answers, files, exception messages.
 *
 * <p>A character that a terminal obeys or that a reader cannot see is printed as {@code \}{@code uXXXX}. These are control
 * characters (C0, DEL, C1), line and paragraph separators, format characters (bidirectional controls, zero-width
 * characters) and lone surrogates. A backslash stays as it is, so the result is to be read, not to be decoded.
 */
public final class Printable {

    private Printable() {}

    /** Text on one line. */
    public static String line(String text) {
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

    /** Text of any number of lines. Each begins with a mark, so that it cannot pass for a line of this tool. */
    public static String block(String text) {
        return Stream.of(text.split("\n", -1)).map(line -> "| " + line(line)).collect(Collectors.joining("\n"));
    }

    /** A JSON value on one line; it is parsed to the same value. */
    public static String json(String valid) {
        // JSON has line ends and tabs between its tokens only, and all that is escaped below in its strings only.
        return line(valid.replace('\n', ' ').replace('\r', ' ').replace('\t', ' '));
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
