package io.callstream.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses the time in an option: {@code 500ms}, {@code 30s}, {@code 10m}, {@code 24h} or {@code 7d}. */
final class DurationConverter implements ITypeConverter<Duration> {

    private static final Duration LONGEST = Duration.ofDays(36_500);

    @Override
    public Duration convert(String text) {
        try {
            String lower = text.toLowerCase(Locale.ROOT);
            Duration duration = lower.endsWith("ms")
                    ? Duration.ofMillis(Long.parseLong(lower.substring(0, lower.length() - 2)))
                    : Duration.parse(lower.endsWith("d") ? "P" + lower : "PT" + lower);
            if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        } catch (DateTimeException | NumberFormatException | ArithmeticException e) {
            // Reported below.
        }
        throw new TypeConversionException(
                "\"%s\" is not a time. Give one such as 500ms, 30s, 10m, 24h or 7d.".formatted(text));
    }
}
