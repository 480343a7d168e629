package io.callstream.console.pages;

import io.callstream.cli.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values as people read them. Invisible and direction-changing characters become Unicode escapes; what is
 * escaped in HTML is up to the page.
 */
final class Texts {

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** A cell of a table is not to be wider than the screen. */
    private static final int LONGEST = 60;

    private static final int SHOWN_DIGITS = 3;
    private static final int MINUTE = 60;
    private static final int KILO = 1024;
    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB");

    private Texts() {}

    /** A value in one short line; "–" if it is not known. */
    static String brief(@Nullable String text) {
        if (text == null) {
            return "–";
        }
        String line = Printable.line(text);
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    /** A sentence that can quote a text from outside. */
    static String sentence(String text) {
        return Printable.line(text);
    }

    /** A phone number of which only the last digits can be read, none of a short one. */
    static String masked(@Nullable String number) {
        if (number == null) {
            return "–";
        }
        String brief = brief(number);
        int hidden = brief.length() <= 2 * SHOWN_DIGITS ? brief.length() : brief.length() - SHOWN_DIGITS;
        return "•".repeat(Math.min(hidden, 8)) + brief.substring(hidden);
    }

    static String clock(Instant at) {
        return CLOCK.format(at);
    }

    static String time(Instant at) {
        return DAY.format(at);
    }

    /** Whole seconds as 0:05. */
    static String seconds(@Nullable Long seconds) {
        return seconds == null ? "–" : "%d:%02d".formatted(seconds / MINUTE, seconds % MINUTE);
    }

    static String duration(Duration duration) {
        return "%.1f s".formatted(duration.toMillis() / 1000.0);
    }

    /** Units of 1024, as in the settings. */
    static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= KILO && unit < UNITS.size() - 1) {
            amount /= KILO;
            unit++;
        }
        return (unit == 0 ? "%.0f %s" : "%.1f %s").formatted(amount, UNITS.get(unit));
    }
}
