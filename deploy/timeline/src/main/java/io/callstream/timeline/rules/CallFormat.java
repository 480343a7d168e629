package io.callstream.timeline.rules;

import io.callstream.schemas.BillEvent;
import io.callstream.schemas.Direction;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Leg;
import io.callstream.schemas.Method;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link Call} in the store. Compact, because the store holds a day's calls in memory.
 *
 * <pre>
 *   row     = version, counters, flags, seen, legs, missing, facts, [bill], held
 *   number  = 7 bits in each byte, lowest first; the highest bit says that another follows (as in Protocol Buffers)
 *   text    = 0: none | 1: 16 bytes of a UUID | 2: a number that is the index of a word
 *           | 3: a number that is the text | 4 + length: UTF-8
 *   time    = 0: none | 1 + zigzag of the milliseconds after the call's last arrival
 * </pre>
 *
 * <p>Versions 1 and 2 have no words and no texts that are numbers: 2 + length is UTF-8. Version 1 has no tenant among
 * the facts. A version that is not known fails: a newer release has written the row.
 * Thread-safe.
 */
public final class CallFormat {

    private static final int VERSION = 3;

    // Rows contain the index: add at the end only.
    private static final List<Leg.Side> SIDES = List.of(Leg.Side.A, Leg.Side.B);
    private static final List<EventKind> KINDS =
            List.of(EventKind.RING, EventKind.ANSWER, EventKind.HANGUP, EventKind.BILL);
    private static final List<Direction> DIRECTIONS = List.of(Direction.INBOUND, Direction.OUTBOUND);

    /** The texts that the gateway has for the vendor's codes, about 30 bytes of each billed call. */
    private static final List<String> WORDS = List.of(
            "unspecified",
            "extension",
            "manual",
            "api",
            "doubleCall",
            "predictive",
            "ivr",
            "normal",
            "cancelled",
            "rejected",
            "trunk failure",
            "user did not answer",
            "busy",
            "server hangup",
            "extension unregistered",
            "unreachable",
            "timer expiry",
            "inbound-callback error",
            "extension missing",
            "not found",
            "request timeout",
            "no answer",
            "call failed",
            "location unknown",
            "other",
            "bad request",
            "forbidden",
            "number changed",
            "intercepted",
            "unknown",
            "caller hung up",
            "callee hung up");

    private static final Map<String, Integer> INDEX_OF_WORD = indexOf(WORDS);

    private static final int UUID_LENGTH = 36;

    /** Each text of so many digits is a {@code long}. */
    private static final int MOST_DIGITS = 18;

    private CallFormat() {}

    private static Map<String, Integer> indexOf(List<String> words) {
        Map<String, Integer> index = new HashMap<>();
        for (String word : words) {
            index.put(word, index.size());
        }
        return Map.copyOf(index);
    }

    /** Whether the text is what a number with the same value is written as. */
    private static boolean isNumber(String text) {
        int length = text.length();
        if (length == 0 || length > MOST_DIGITS || (length > 1 && text.charAt(0) == '0')) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Whether the text is what a UUID with the same value is written as. */
    private static boolean isUuid(String text) {
        if (text.length() != UUID_LENGTH) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = text.charAt(i);
            boolean isDash = i == 8 || i == 13 || i == 18 || i == 23;
            boolean isHex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (isDash ? c != '-' : !isHex) {
                return false;
            }
        }
        return true;
    }

    /** Writes a call. */
    public static byte[] bytes(Call call) {
        Out out = new Out(call.lastAt);
        out.call(call);
        return Arrays.copyOf(out.bytes, out.length);
    }

    /**
     * Reads a call.
     *
     * @throws IllegalArgumentException if the bytes are no row of this version
     */
    public static Call call(String id, byte[] row) {
        ByteBuffer data = ByteBuffer.wrap(row);
        try {
            int version = data.get();
            if (version < 1 || version > VERSION) {
                throw new IllegalArgumentException(
                        "The row has version %d, this release knows 1 to %d: a newer release has written it."
                                .formatted(version, VERSION));
            }
            return new In(data, version).call(new Call(id));
        } catch (BufferUnderflowException | NegativeArraySizeException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("The row is cut short.", e);
        }
    }

    private static final class Out {

        private final long base;
        private byte[] bytes = new byte[512];
        private int length;

        Out(long base) {
            this.base = base;
        }

        private void room(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
            }
        }

        private void put(int value) {
            room(1);
            bytes[length++] = (byte) value;
        }

        private void put(boolean value) {
            put(value ? 1 : 0);
        }

        private void put(byte[] value) {
            room(value.length);
            System.arraycopy(value, 0, bytes, length, value.length);
            length += value.length;
        }

        private void putInt(int value) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                put(value >>> shift);
            }
        }

        private void putLong(long value) {
            putInt((int) (value >>> 32));
            putInt((int) value);
        }

        void call(Call call) {
            put(VERSION);
            number(call.lastAt);
            number(call.sequence);
            number(call.repeats);
            number(call.late);
            number(call.bills);
            put((call.orphaned ? 1 : 0) | (call.unlinked ? 2 : 0) | (call.bill != null ? 4 : 0));
            millis(call.updatedAt);
            number(call.seen.size());
            for (Call.Seen seen : call.seen) {
                putLong(seen.identity());
                putInt(seen.origin());
            }
            number(call.legs.size());
            for (Track leg : call.legs) {
                put(SIDES.indexOf(leg.side));
                text(leg.id);
                text(leg.extension);
                millis(leg.ring);
                millis(leg.answer);
                millis(leg.hangup);
            }
            number(call.missing.size());
            for (Gap gap : call.missing) {
                put(gap.leg());
                put(KINDS.indexOf(gap.kind()));
            }
            text(call.tenant);
            text(call.companyCode);
            put(call.direction == null ? 0 : 1 + DIRECTIONS.indexOf(call.direction));
            method(call.method);
            time(call.startedAt);
            text(call.customer);
            text(call.displayNumber);
            text(call.extension);
            if (call.bill != null) {
                bill(call.bill, call.billHash);
            }
            number(call.held.size());
            for (Held held : call.held) {
                held(held);
            }
        }

        private void method(@Nullable Method method) {
            put(method != null);
            if (method != null) {
                signed(method.code());
                text(method.name());
            }
        }

        private void bill(Call.Bill bill, long hash) {
            putLong(hash);
            time(bill.answeredAt());
            time(bill.endedAt());
            put(bill.answered() == null ? 0 : bill.answered() ? 1 : 2);
            optional(bill.waitSeconds());
            optional(bill.talkSeconds());
            text(bill.agentId());
            BillEvent.Hangup hangup = bill.hangup();
            put(hangup != null);
            if (hangup != null) {
                optional(hangup.directionCode());
                text(hangup.direction());
                optional(hangup.causeCode());
                text(hangup.cause());
            }
            BillEvent.Recording recording = bill.recording();
            put(recording != null);
            if (recording != null) {
                text(recording.fileName());
                text(recording.host());
            }
            BillEvent.Custom custom = bill.custom();
            put(custom != null);
            if (custom != null) {
                text(custom.memberId());
                text(custom.chengshudu());
                text(custom.customUuid());
            }
        }

        private void held(Held held) {
            Message message = held.arrival().message();
            number(held.since());
            number(held.at());
            number(message.appendedAt());
            number(message.value().length);
            put(message.value());
            number(message.headers().size());
            for (Message.Header header : message.headers()) {
                text(header.name());
                number(header.value() == null ? 0 : 1 + header.value().length);
                if (header.value() != null) {
                    put(header.value());
                }
            }
        }

        private void number(long number) {
            long left = number;
            while ((left & ~0x7fL) != 0) {
                put((int) ((left & 0x7f) | 0x80));
                left >>>= 7;
            }
            put((int) left);
        }

        private void signed(long number) {
            number((number << 1) ^ (number >> 63));
        }

        private void optional(@Nullable Long number) {
            put(number != null);
            if (number != null) {
                signed(number);
            }
        }

        private void millis(long at) {
            if (at == 0) {
                number(0);
            } else {
                long delta = at - base;
                number(1 + ((delta << 1) ^ (delta >> 63)));
            }
        }

        private void time(@Nullable Instant at) {
            millis(at == null ? 0 : at.toEpochMilli());
        }

        private void text(@Nullable String text) {
            Integer word = text == null ? null : INDEX_OF_WORD.get(text);
            if (text == null) {
                number(0);
            } else if (word != null) {
                number(2);
                number(word);
            } else if (isNumber(text)) {
                number(3);
                number(Long.parseLong(text));
            } else if (isUuid(text)) {
                UUID uuid = UUID.fromString(text);
                number(1);
                putLong(uuid.getMostSignificantBits());
                putLong(uuid.getLeastSignificantBits());
            } else {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                number(4L + utf8.length);
                put(utf8);
            }
        }
    }

    private static final class In {

        private final ByteBuffer data;
        private final int version;
        private long base;

        In(ByteBuffer data, int version) {
            this.data = data;
            this.version = version;
        }

        private boolean isSet() {
            return data.get() != 0;
        }

        private byte[] bytes(int length) {
            // A length that is wrong must not cost memory.
            byte[] bytes = new byte[Math.min(length, data.remaining() + 1)];
            data.get(bytes);
            return bytes;
        }

        Call call(Call call) {
            base = number();
            call.lastAt = base;
            call.sequence = number();
            call.repeats = number();
            call.late = number();
            call.bills = number();
            int flags = data.get() & 0xff;
            call.orphaned = (flags & 1) != 0;
            call.unlinked = (flags & 2) != 0;
            call.updatedAt = millis();
            for (long left = number(); left > 0; left--) {
                call.seen.add(new Call.Seen(data.getLong(), data.getInt()));
            }
            for (long left = number(); left > 0; left--) {
                Track leg = new Track(SIDES.get(data.get() & 0xff), text());
                leg.extension = text();
                leg.ring = millis();
                leg.answer = millis();
                leg.hangup = millis();
                call.legs.add(leg);
            }
            for (long left = number(); left > 0; left--) {
                call.missing.add(new Gap(data.get(), KINDS.get(data.get() & 0xff)));
            }
            call.tenant = version < 2 ? null : text();
            call.companyCode = text();
            int direction = data.get() & 0xff;
            call.direction = direction == 0 ? null : DIRECTIONS.get(direction - 1);
            call.method = isSet() ? new Method(signed(), text(), Map.of()) : null;
            call.startedAt = time();
            call.customer = text();
            call.displayNumber = text();
            call.extension = text();
            if ((flags & 4) != 0) {
                call.billHash = data.getLong();
                call.bill = bill();
            }
            for (long left = number(); left > 0; left--) {
                call.held.add(held());
            }
            return call;
        }

        private Call.Bill bill() {
            return new Call.Bill(
                    time(),
                    time(),
                    answered(),
                    optional(),
                    optional(),
                    text(),
                    isSet() ? new BillEvent.Hangup(optional(), text(), optional(), text(), Map.of()) : null,
                    isSet() ? new BillEvent.Recording(text(), text(), Map.of()) : null,
                    isSet() ? new BillEvent.Custom(text(), text(), text(), Map.of()) : null);
        }

        private @Nullable Boolean answered() {
            int answered = data.get() & 0xff;
            return answered == 0 ? null : answered == 1;
        }

        private Held held() {
            long since = number();
            long at = number();
            long appendedAt = number();
            byte[] value = bytes((int) number());
            List<Message.Header> headers = new ArrayList<>();
            for (long left = number(); left > 0; left--) {
                String name = text();
                int length = (int) number();
                headers.add(new Message.Header(name == null ? "" : name, length == 0 ? null : bytes(length - 1)));
            }
            return new Held(Arrival.of(new Message(value, headers, appendedAt)), since, at);
        }

        private long number() {
            long number = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int part = data.get() & 0xff;
                number |= (long) (part & 0x7f) << shift;
                if (part < 0x80) {
                    return number;
                }
            }
            throw new IllegalArgumentException("A number has more than 64 bits.");
        }

        private long signed() {
            long number = number();
            return (number >>> 1) ^ -(number & 1);
        }

        private @Nullable Long optional() {
            return isSet() ? (Long) signed() : null;
        }

        private long millis() {
            long number = number();
            if (number == 0) {
                return 0;
            }
            long delta = number - 1;
            return base + ((delta >>> 1) ^ -(delta & 1));
        }

        private @Nullable Instant time() {
            long millis = millis();
            return millis == 0 ? null : Instant.ofEpochMilli(millis);
        }

        private @Nullable String text() {
            long kind = number();
            if (kind == 0) {
                return null;
            }
            if (kind == 1) {
                return new UUID(data.getLong(), data.getLong()).toString();
            }
            if (version < 3) {
                return utf8(kind - 2);
            }
            if (kind == 2) {
                return WORDS.get((int) number());
            }
            return kind == 3 ? Long.toString(number()) : utf8(kind - 4);
        }

        private String utf8(long length) {
            return new String(bytes((int) length), StandardCharsets.UTF_8);
        }
    }
}
