package io.callstream.gateway.codec;

import io.callstream.gateway.codec.Outcome.Decoded;
import io.callstream.schemas.BillEvent;
import io.callstream.schemas.Event;
import io.callstream.schemas.RawJson;
import io.callstream.schemas.StatusEvent;
import io.callstream.schemas.TaskEvent;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What is left of phone numbers in events and in quarantine. Pure; safe for any number of threads.
 *
 * <p>The numbers of an event are its display number, caller, callee and destination. If they are masked or replaced by
 * pseudonyms, they are also replaced inside its other texts, for example in a recording's file name, and the vendor copy
 * is empty. The agent's extension stays, also where it is the caller or callee. Ids stay.
 */
public final class Privacy {

    /** Changes nothing. */
    public static final Privacy NONE = new Privacy(false, Numbers.KEEP, null, false);

    /** What an event contains instead of a phone number. */
    public enum Numbers {
        KEEP,
        /** Asterisks, and the last four characters of a number with eight or more. */
        MASK,
        /** {@code hmac-} and 22 characters: the HMAC-SHA-256 of the number's text, cut to 128 bits, in Base64URL. */
        PSEUDONYM
    }

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "hmac-";
    private static final int PSEUDONYM_BYTES = 16;
    private static final int SHOWN = 4;
    private static final int SHORTEST_SHOWN = 8;

    /** Shorter numbers are replaced only as a whole value: within other texts they would be found by chance. */
    private static final int SHORTEST_WITHIN = 5;

    private static final Pattern DIGITS = Pattern.compile("[0-9\uff10-\uff19]{%d,}".formatted(SHORTEST_WITHIN));
    private static final RawJson NOTHING = new RawJson("{}");

    private final boolean dropsVendor;
    private final Numbers numbers;
    private final @Nullable Key key;
    private final boolean masksQuarantine;

    /**
     * @param dropsVendor whether the vendor copy is empty although numbers are kept
     * @param key for {@link Numbers#PSEUDONYM} only
     * @param masksQuarantine whether each digit in quarantined bytes is replaced, so that they cannot be posted again
     */
    public Privacy(boolean dropsVendor, Numbers numbers, @Nullable String key, boolean masksQuarantine) {
        this.dropsVendor = dropsVendor || numbers != Numbers.KEEP;
        this.numbers = numbers;
        this.key = key == null ? null : new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        this.masksQuarantine = masksQuarantine;
    }

    // ---- events

    /** Returns the event as it may be published. */
    public Decoded applied(Decoded decoded) {
        return dropsVendor ? new Decoded(applied(decoded.event()), decoded.id()) : decoded;
    }

    private Event applied(Event event) {
        if (event instanceof StatusEvent status) {
            return status(status);
        }
        return event instanceof BillEvent bill ? bill(bill) : task((TaskEvent) event);
    }

    private TaskEvent task(TaskEvent task) {
        return new TaskEvent(
                task.taskId(),
                task.kind(),
                task.receivedAt(),
                task.companyCode(),
                NOTHING,
                warnings(task.warnings()),
                task.unknown());
    }

    private StatusEvent status(StatusEvent status) {
        Replacements replaced = new Replacements(
                status.extension(), Arrays.asList(status.displayNumber(), status.caller(), status.callee()));
        return new StatusEvent(
                status.callId(),
                status.kind(),
                status.receivedAt(),
                status.companyCode(),
                status.callStartedAt(),
                status.direction(),
                status.method(),
                status.extension(),
                replaced.number(status.displayNumber()),
                replaced.number(status.caller()),
                replaced.number(status.callee()),
                status.leg(),
                NOTHING,
                warnings(status.warnings()),
                status.unknown());
    }

    private BillEvent bill(BillEvent bill) {
        Replacements replaced =
                new Replacements(bill.extension(), Arrays.asList(bill.displayNumber(), bill.destination()));
        BillEvent.Recording recording = bill.recording();
        BillEvent.Custom custom = bill.custom();
        return new BillEvent(
                bill.callId(),
                bill.kind(),
                bill.receivedAt(),
                bill.companyCode(),
                bill.callStartedAt(),
                bill.answeredAt(),
                bill.endedAt(),
                bill.answered(),
                bill.waitSeconds(),
                bill.talkSeconds(),
                bill.direction(),
                bill.method(),
                bill.agentId(),
                bill.extension(),
                replaced.number(bill.displayNumber()),
                replaced.number(bill.destination()),
                bill.hangup(),
                recording == null
                        ? null
                        : new BillEvent.Recording(
                                replaced.within(recording.fileName()), recording.host(), recording.unknown()),
                custom == null
                        ? null
                        : new BillEvent.Custom(
                                replaced.within(custom.memberId()),
                                replaced.within(custom.chengshudu()),
                                replaced.within(custom.customUuid()),
                                custom.unknown()),
                replaced.within(bill.userKey()),
                NOTHING,
                warnings(bill.warnings()),
                bill.unknown());
    }

    /** The numbers of one event and what is published instead. */
    private final class Replacements {

        private final Map<String, String> byNumber = new TreeMap<>();

        Replacements(@Nullable String extension, List<@Nullable String> found) {
            if (numbers != Numbers.KEEP) {
                for (String number : found) {
                    if (number != null && !number.equals(extension)) {
                        byNumber.computeIfAbsent(
                                number, each -> numbers == Numbers.MASK ? masked(each) : pseudonym(each));
                    }
                }
            }
        }

        @Nullable
        String number(@Nullable String number) {
            return number == null ? null : byNumber.getOrDefault(number, number);
        }

        @Nullable
        String within(@Nullable String text) {
            String result = text;
            if (result != null) {
                for (Map.Entry<String, String> each : byNumber.entrySet()) {
                    if (each.getKey().length() >= SHORTEST_WITHIN) {
                        result = result.replace(each.getKey(), each.getValue());
                    }
                }
            }
            return result;
        }
    }

    /** A warning quotes what the sender wrote. */
    private @Nullable List<String> warnings(@Nullable List<String> warnings) {
        return warnings == null || numbers == Numbers.KEEP
                ? warnings
                : warnings.stream().map(Privacy::withoutNumbers).toList();
    }

    private static String masked(String number) {
        int shown = number.length() < SHORTEST_SHOWN ? 0 : SHOWN;
        int hidden = number.length() - shown;
        return "*".repeat(hidden) + number.substring(hidden);
    }

    private String pseudonym(String number) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(Objects.requireNonNull(key));
            byte[] digest = mac.doFinal(number.getBytes(StandardCharsets.UTF_8));
            return PREFIX
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, PSEUDONYM_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
        }
    }

    // ---- quarantine

    boolean masksQuarantine() {
        return masksQuarantine;
    }

    /** Returns the text with an asterisk for each digit of a run that can be a phone number. */
    public static String withoutNumbers(String text) {
        return DIGITS.matcher(text).replaceAll(run -> "*".repeat(run.end() - run.start()));
    }

    /**
     * Returns quarantined bytes with {@code #} for each digit, and a full-width asterisk for each full-width digit in
     * UTF-8. Every charset that a callback can have writes ASCII digits as their ASCII bytes, with or without zeros.
     *
     * @param contentEncoding the request's; encoded bytes are left out, because digits cannot be found in them
     */
    static byte[] withoutDigits(byte[] bytes, @Nullable String contentEncoding) {
        if (contentEncoding != null && !contentEncoding.equalsIgnoreCase("identity")) {
            return new byte[0];
        }
        byte[] masked = bytes.clone();
        for (int i = 0; i < masked.length; i++) {
            if (masked[i] >= '0' && masked[i] <= '9') {
                masked[i] = '#';
            } else if (isFullWidthDigit(masked, i)) {
                masked[i + 2] = (byte) 0x8a;
            }
        }
        return masked;
    }

    private static boolean isFullWidthDigit(byte[] bytes, int at) {
        return at + 2 < bytes.length
                && bytes[at] == (byte) 0xef
                && bytes[at + 1] == (byte) 0xbc
                && bytes[at + 2] >= (byte) 0x90
                && bytes[at + 2] <= (byte) 0x99;
    }
}
