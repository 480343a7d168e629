package io.callstream.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** Where a person may be looking: colours and pictures there, plain lines into a pipe. */
public final class Screen implements AutoCloseable {

    private static final Size USUAL = new Size(100, 30);

    private final Terminal terminal;

    /** In characters. */
    public record Size(int width, int height) {}

    private Screen(Terminal terminal) {
        this.terminal = terminal;
    }

    /** To be asked for its size. */
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
     * Text in a style such as {@code bold,green} on a terminal, unchanged elsewhere. Nothing in the text is interpreted, but
     * text from outside has to be {@link Printable}.
     */
    public static String styled(String style, String text) {
        return Ansi.AUTO.enabled() ? Style.on(Style.parse(style)) + text + Style.reset.off() : text;
    }

    /** As it is now; a usual one where nobody knows. */
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
