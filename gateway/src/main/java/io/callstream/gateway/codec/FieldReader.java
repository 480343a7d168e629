package io.callstream.gateway.codec;

import io.callstream.schemas.Direction;
import io.callstream.schemas.Method;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts the fields of one callback to typed values, and collects warnings about odd values. A value that cannot be
 * read counts as missing, with a warning. Senders write numbers as strings and strings as numbers [seen].
 */
final class FieldReader {

    /** Placeholders for a missing extension [doc]. */
    static final List<String> NO_EXTENSION = List.of("0", "000000");

    private static final int LONGEST_NUMBER = 40;
    /** Any number of up to 18 digits fits into a {@code long}. */
    private static final int PLAIN_NUMBER = 18;

    private static final String LOCAL_TIME = "####-##-## ##:##:##";
    // RFC 3339 can express only these times, and so can every reader of a date-time.
    private static final Instant BEGINNING_OF_TIME = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");
    private static final int NEVER = 1970;
    /** Predictive dialling is not older than this. An earlier time gets a warning. */
    private static final Instant FIRST_CALL = Instant.parse("2000-01-01T00:00:00Z");

    private static final int LONGEST_TIME = 32;
    private static final Instant END_OF_NEVER = Instant.parse("1971-01-01T00:00:00Z");

    private static final Map<String, Direction> DIRECTIONS =
            Map.of("callin", Direction.INBOUND, "callout", Direction.OUTBOUND);
    private static final List<String> METHODS =
            List.of("unspecified", "extension", "manual", "api", "doubleCall", "predictive", "ivr");

    private final VendorObject callback;
    private final ZoneId zone;
    private final List<String> warnings = new ArrayList<>(0);

    FieldReader(VendorObject callback, ZoneId zone) {
        this.callback = callback;
        this.zone = zone;
    }

    void warn(VendorField field, String what) {
        warnings.add(field.label() + ": " + what);
    }

    /** Returns {@code null} if there are no warnings, because an event then leaves the field out. */
    @Nullable
    List<String> warnings() {
        return warnings.isEmpty() ? null : warnings;
    }

    /** Returns the text without blanks at its ends; {@code null} if it is missing, empty or not a text. */
    @Nullable
    String text(VendorField field) {
        VendorObject.Value value = callback.get(field);
        if (value == null) {
            return null;
        }
        if (!(value instanceof VendorObject.Scalar scalar)) {
            warn(field, "not a text");
            return null;
        }
        String text = SenderText.strip(scalar.text());
        if (text.isEmpty()) {
            return null;
        }
        if (!SenderText.isUnicode(text)) {
            warn(field, "not Unicode text");
            return null;
        }
        if (text.indexOf('\0') >= 0) {
            warn(field, "contains NUL");
        }
        return text;
    }

    /** Reads a telephone number. A plus sign that a form does not escape arrives as a blank, which gets a warning. */
    @Nullable
    String number(VendorField field) {
        String text = text(field);
        if (text != null
                && isDigit(text.charAt(0))
                && callback.get(field) instanceof VendorObject.Scalar scalar
                && scalar.text().charAt(0) == ' ') {
            warn(field, "begins with a blank; a plus sign that is not escaped as %2B is read as one");
        }
        return text;
    }

    /** Reads a text that becomes part of keys and headers; {@code null} if it is a placeholder or not usable there. */
    @Nullable
    String id(List<String> placeholders, VendorField field) {
        String text = textUnless(placeholders, field);
        if (text == null) {
            return null;
        }
        if (text.length() > VendorId.LONGEST) {
            warn(field, "longer than " + VendorId.LONGEST + " characters");
            return null;
        }
        if (!SenderText.isPrintable(text)) {
            warn(field, "holds control characters");
            return null;
        }
        return text;
    }

    @Nullable
    String textUnless(List<String> placeholders, VendorField field) {
        String text = text(field);
        return text == null || placeholders.contains(text) ? null : text;
    }

    /** Reads a whole number of seconds; {@code null} if it is negative or not a whole number. */
    @Nullable
    Long seconds(VendorField field) {
        String text = text(field);
        if (text == null) {
            return null;
        }
        Long seconds = whole(text);
        if (seconds == null || seconds < 0) {
            warn(field, "not a whole number of seconds: " + quoted(text));
            return null;
        }
        return seconds;
    }

    /** Reads one of the vendor's codes, which need not be a known one. */
    @Nullable
    Long code(VendorField field) {
        String text = text(field);
        if (text == null) {
            return null;
        }
        Long code = whole(text);
        if (code == null) {
            warn(field, "not a whole number: " + quoted(text));
        }
        return code;
    }

    @Nullable
    Method method(VendorField field) {
        Long code = code(field);
        return code == null
                ? null
                : new Method(code, code >= 0 && code < METHODS.size() ? METHODS.get(code.intValue()) : null, Map.of());
    }

    /** Returns {@code false} for every value except {@code true}. A value that is neither gets a warning. */
    boolean isTrue(VendorField field) {
        String text = text(field);
        if (text == null || text.equalsIgnoreCase("false")) {
            return false;
        }
        if (text.equalsIgnoreCase("true")) {
            return true;
        }
        warn(field, "neither true nor false: " + quoted(text));
        return false;
    }

    /**
     * Kinds and versions put the direction into different fields [seen]. The first of the two with a known value
     * counts.
     */
    @Nullable
    Direction direction(VendorField usual, VendorField other) {
        Direction direction = direction(callback.get(usual));
        if (direction == null) {
            direction = direction(callback.get(other));
        }
        if (direction == null) {
            warnOfUnknown(usual);
            if (other == VendorField.DIRECTION) {
                warnOfUnknown(other);
            }
        }
        return direction;
    }

    private void warnOfUnknown(VendorField field) {
        String text = text(field);
        if (text != null) {
            warn(field, "unknown: " + quoted(text));
        }
    }

    private static @Nullable Direction direction(VendorObject.@Nullable Value value) {
        return value instanceof VendorObject.Scalar scalar
                ? DIRECTIONS.get(SenderText.strip(scalar.text()).toLowerCase(Locale.ROOT))
                : null;
    }

    /**
     * Reads Unix seconds, which a status has, or the local time of a bill. The two formats cannot be confused. A time
     * in 1970 and a date of zeros mean "never" [seen] and give {@code null}.
     */
    @Nullable
    Instant instant(VendorField field) {
        String text = text(field);
        if (text == null) {
            return null;
        }
        if (isZeros(text)) {
            return null;
        }
        String whole = withoutZeroFraction(text);
        Instant instant = isLocalTime(whole) ? localTime(field, whole) : unixSeconds(field, text);
        boolean never = instant != null && !instant.isBefore(Instant.EPOCH) && instant.isBefore(END_OF_NEVER);
        if (instant == null || never) {
            return null;
        }
        if (instant.isBefore(FIRST_CALL)) {
            warn(field, "before the year 2000: " + quoted(text));
        }
        return instant;
    }

    /** Whether the text is {@code 0000-00-00 00:00:00} in any notation [seen]. */
    private static boolean isZeros(String text) {
        boolean zero = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            zero |= c == '0';
            if (c != '0' && "-/:. TZ".indexOf(c) < 0) {
                return false;
            }
        }
        return zero;
    }

    /** Some database drivers write {@code 2021-02-09 10:00:03.0} [seen]. */
    private static String withoutZeroFraction(String text) {
        int dot = LOCAL_TIME.length();
        if (text.length() <= dot + 1 || text.length() > LONGEST_TIME || text.charAt(dot) != '.') {
            return text;
        }
        for (int i = dot + 1; i < text.length(); i++) {
            if (text.charAt(i) != '0') {
                return text;
            }
        }
        return text.substring(0, dot);
    }

    private @Nullable Instant unixSeconds(VendorField field, String text) {
        Long seconds = whole(text);
        if (seconds == null || seconds < 0 || seconds > END_OF_TIME.getEpochSecond()) {
            warn(field, "not a time: " + quoted(text));
            return null;
        }
        return Instant.ofEpochSecond(seconds);
    }

    private @Nullable Instant localTime(VendorField field, String text) {
        LocalDateTime local;
        try {
            local = LocalDateTime.of(
                    part(text, 0, 4),
                    part(text, 5, 7),
                    part(text, 8, 10),
                    part(text, 11, 13),
                    part(text, 14, 16),
                    part(text, 17, 19));
        } catch (DateTimeException e) {
            warn(field, "not a time: " + quoted(text));
            return null;
        }
        if (local.getYear() == NEVER) {
            return null;
        }
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
        if (offsets.size() != 1) {
            warn(field, (offsets.isEmpty() ? "no time in " : "two times in ") + zone + ": " + quoted(text));
        }
        if (offsets.isEmpty()) {
            return null;
        }
        Instant instant = local.toInstant(offsets.get(0));
        if (instant.isBefore(BEGINNING_OF_TIME) || instant.isAfter(END_OF_TIME)) {
            warn(field, "not a time: " + quoted(text));
            return null;
        }
        return instant;
    }

    private static int part(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /**
     * Compares with {@link #LOCAL_TIME} by hand: a regular expression would cost as much as reading the rest of a bill.
     */
    private static boolean isLocalTime(String text) {
        if (text.length() != LOCAL_TIME.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char shape = LOCAL_TIME.charAt(i);
            char c = text.charAt(i);
            if (shape == '#' ? !isDigit(c) : c != shape) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** {@code 12}, {@code 12.0} and {@code 1.2e1} are the whole number 12 [seen: the first two]. */
    private static @Nullable Long whole(String text) {
        if (text.length() > LONGEST_NUMBER) {
            return null;
        }
        if (text.length() <= PLAIN_NUMBER && isDigits(text)) {
            return Long.valueOf(text);
        }
        try {
            return new BigDecimal(text).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    private static String quoted(String text) {
        return '"' + SenderText.excerpt(text) + '"';
    }
}
