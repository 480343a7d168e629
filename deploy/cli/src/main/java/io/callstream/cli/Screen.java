package io.callstream.cli;

import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Help.Ansi;

/** Where a person may be looking: colours and pictures there, plain lines into a pipe. */
public final class Screen {

    private static final int WIDTH = 100;
    private static final int HEIGHT = 30;

    private Screen() {}

    /** Whether standard output is a terminal. */
    public static boolean isTerminal() {
        return Ansi.AUTO.enabled();
    }

    /** Marked-up text as it is shown here: {@code @|bold,green …|@}. */
    public static String markup(String text) {
        return Ansi.AUTO.string(text);
    }

    /** A terminal's size in characters; a usual one where there is none. */
    public record Size(int width, int height) {

        public static Size now() {
            try (Terminal terminal =
                    TerminalBuilder.builder().system(true).dumb(true).build()) {
                int width = terminal.getWidth();
                int height = terminal.getHeight();
                return new Size(width > 0 ? width : WIDTH, height > 0 ? height : HEIGHT);
            } catch (IOException e) {
                return new Size(WIDTH, HEIGHT);
            }
        }
    }
}
