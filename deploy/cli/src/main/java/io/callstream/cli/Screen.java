package io.callstream.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Help.Ansi;

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

    /** Somebody else's text, without what would move the cursor or change colours. */
    public static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", "?").replace("|@", "| @");
    }

    /** Marked-up text as it is shown here: {@code @|bold,green …|@}. */
    public static String markup(String text) {
        return Ansi.AUTO.string(text);
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
