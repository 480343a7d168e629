package io.callstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

/** A text that tries to control a terminal, and checks that it does not succeed. */
public final class Hostile {

    /**
     * Clears the screen, sets the title, rings the bell, forges lines, sets colours by C1 and by markup, reverses text
     * and hides characters.
     */
    public static final String TEXT =
            "\u001b[2J\u001b]0;PWNED\u0007\nFORGED 1\r\nFORGED 2\rFORGED 3\u009b31m\u009d0;x\u009c\u0085\u2028FORGED 4"
                    + "\u2029\u202eabc\u2066\u2069\u200e\u200f\u061c\u200b\ufeff\u007f\t\b@|red x|@";

    /** The same text for a string in JSON: C0 is escaped, everything else is raw. */
    public static final String IN_JSON = TEXT.replace("\u001b", "\\u001b")
            .replace("\u0007", "\\u0007")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
            .replace("\t", "\\t")
            .replace("\b", "\\b");

    private Hostile() {}

    /** Checks that the output contains the text, and that no character of it controls a terminal. */
    public static void assertHarmless(String output) {
        assertThat(output).contains("FORGED").contains("\\u009b31m").contains("\\u202eabc");
        assertPlain(output);
    }

    /** Checks that no character of the output controls a terminal, and that no line is forged. */
    public static void assertPlain(String output) {
        assertThat(output)
                .doesNotContainPattern("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029\\p{Cf}\\p{Cs}]")
                .doesNotContainPattern("(?m)^FORGED");
    }
}
