package io.callstream.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** The terminal: its size, and colours for text. If standard output is not a terminal, text has no colours. */
public final class Screen implements AutoCloseable {

    private static final Size USUAL = new Size(100, 30);

    private final Terminal terminal;

    /** The size of a terminal, in characters. */
    public record Size(int width, int height) {}

    private Screen(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Opens the terminal, which {@link #size} needs. */
    public static Screen open() {
        try {
            return new Screen(TerminalBuilder.builder().system(true).dumb(true).build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether standard output is a terminal. */
    public static boolean isTerminal() {
        return Ansi.AUTO.enabled();
    }

    /**
     * Returns the text in a style such as {@code bold,green}; unchanged if standard output is not a terminal. Nothing
     * in the text is interpreted. Make text from outside {@link Printable} first.
     */
    public static String styled(String style, String text) {
        return Ansi.AUTO.enabled() ? Style.on(Style.parse(style)) + text + Style.reset.off() : text;
    }

    /** The size of the terminal now; 100 × 30 if it is not known. */
    public Size size() {
        int width = terminal.getWidth();
        int height = terminal.getHeight();
        return width > 0 && height > 0 ? new Size(width, height) : USUAL;
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
