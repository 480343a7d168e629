package io.callstream.timeline.rules;

import io.callstream.schemas.BillEvent;
import io.callstream.schemas.Direction;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Leg;
import io.callstream.schemas.Method;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
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
 *   text    = 0: none | 1: 16 bytes of a UUID | 2 + length: UTF-8
 *   time    = 0: none | 1 + zigzag of the milliseconds after the call's last arrival
 * </pre>
 *
 * <p>Version 1 has no tenant among the facts. A version that is not known fails: a newer release has written the row.
 * Thread-safe.
 */
public final class CallFormat {

    private static final int VERSION = 2;

    // Rows contain the index: add at the end only.
    private static final List<Leg.Side> SIDES = List.of(Leg.Side.A, Leg.Side.B);
    private static final List<EventKind> KINDS =
            List.of(EventKind.RING, EventKind.ANSWER, EventKind.HANGUP, EventKind.BILL);
    private static final List<Direction> DIRECTIONS = List.of(Direction.INBOUND, Direction.OUTBOUND);

    private static final int UUID_LENGTH = 36;

    private CallFormat() {}

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
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream data = new DataOutputStream(bytes)) {
            new Out(data, call.lastAt).call(call);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a call.
     *
     * @throws IllegalArgumentException if the bytes are no row of this version
     */
    public static Call call(String id, byte[] row) {
        try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(row))) {
            int version = data.readUnsignedByte();
            if (version < 1 || version > VERSION) {
                throw new IllegalArgumentException(
                        "The row has version %d, this release knows 1 to %d: a newer release has written it."
                                .formatted(version, VERSION));
            }
            return new In(data, version).call(new Call(id));
        } catch (IOException e) {
            throw new IllegalArgumentException("The row is cut short.", e);
        }
    }

    private static final class Out {

        private final DataOutputStream data;
        private final long base;

        Out(DataOutputStream data, long base) {
            this.data = data;
            this.base = base;
        }

        void call(Call call) throws IOException {
            data.writeByte(VERSION);
            number(call.lastAt);
            number(call.sequence);
            number(call.repeats);
            number(call.late);
            number(call.bills);
            data.writeByte((call.orphaned ? 1 : 0) | (call.unlinked ? 2 : 0) | (call.bill != null ? 4 : 0));
            millis(call.updatedAt);
            number(call.seen.size());
            for (Call.Seen seen : call.seen) {
                data.writeLong(seen.identity());
                data.writeInt(seen.origin());
            }
            number(call.legs.size());
            for (Track leg : call.legs) {
                data.writeByte(SIDES.indexOf(leg.side));
                text(leg.id);
                text(leg.extension);
                millis(leg.ring);
                millis(leg.answer);
                millis(leg.hangup);
            }
            number(call.missing.size());
            for (Gap gap : call.missing) {
                data.writeByte(gap.leg());
                data.writeByte(KINDS.indexOf(gap.kind()));
            }
            text(call.tenant);
            text(call.companyCode);
            data.writeByte(call.direction == null ? 0 : 1 + DIRECTIONS.indexOf(call.direction));
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

        private void method(@Nullable Method method) throws IOException {
            data.writeBoolean(method != null);
            if (method != null) {
                signed(method.code());
                text(method.name());
            }
        }

        private void bill(Call.Bill bill, long hash) throws IOException {
            data.writeLong(hash);
            time(bill.answeredAt());
            time(bill.endedAt());
            data.writeByte(bill.answered() == null ? 0 : bill.answered() ? 1 : 2);
            optional(bill.waitSeconds());
            optional(bill.talkSeconds());
            text(bill.agentId());
            BillEvent.Hangup hangup = bill.hangup();
            data.writeBoolean(hangup != null);
            if (hangup != null) {
                optional(hangup.directionCode());
                text(hangup.direction());
                optional(hangup.causeCode());
                text(hangup.cause());
            }
            BillEvent.Recording recording = bill.recording();
            data.writeBoolean(recording != null);
            if (recording != null) {
                text(recording.fileName());
                text(recording.host());
            }
            BillEvent.Custom custom = bill.custom();
            data.writeBoolean(custom != null);
            if (custom != null) {
                text(custom.memberId());
                text(custom.chengshudu());
                text(custom.customUuid());
            }
        }

        private void held(Held held) throws IOException {
            Message message = held.arrival().message();
            number(held.since());
            number(held.at());
            number(message.appendedAt());
            number(message.value().length);
            data.write(message.value());
            number(message.headers().size());
            for (Message.Header header : message.headers()) {
                text(header.name());
                number(header.value() == null ? 0 : 1 + header.value().length);
                if (header.value() != null) {
                    data.write(header.value());
                }
            }
        }

        private void number(long number) throws IOException {
            long left = number;
            while ((left & ~0x7fL) != 0) {
                data.writeByte((int) ((left & 0x7f) | 0x80));
                left >>>= 7;
            }
            data.writeByte((int) left);
        }

        private void signed(long number) throws IOException {
            number((number << 1) ^ (number >> 63));
        }

        private void optional(@Nullable Long number) throws IOException {
            data.writeBoolean(number != null);
            if (number != null) {
                signed(number);
            }
        }

        private void millis(long at) throws IOException {
            if (at == 0) {
                number(0);
            } else {
                long delta = at - base;
                number(1 + ((delta << 1) ^ (delta >> 63)));
            }
        }

        private void time(@Nullable Instant at) throws IOException {
            millis(at == null ? 0 : at.toEpochMilli());
        }

        private void text(@Nullable String text) throws IOException {
            if (text == null) {
                number(0);
            } else if (isUuid(text)) {
                UUID uuid = UUID.fromString(text);
                number(1);
                data.writeLong(uuid.getMostSignificantBits());
                data.writeLong(uuid.getLeastSignificantBits());
            } else {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                number(2L + utf8.length);
                data.write(utf8);
            }
        }
    }

    private static final class In {

        private final DataInputStream data;
        private final int version;
        private long base;

        In(DataInputStream data, int version) {
            this.data = data;
            this.version = version;
        }

        Call call(Call call) throws IOException {
            base = number();
            call.lastAt = base;
            call.sequence = number();
            call.repeats = number();
            call.late = number();
            call.bills = number();
            int flags = data.readUnsignedByte();
            call.orphaned = (flags & 1) != 0;
            call.unlinked = (flags & 2) != 0;
            call.updatedAt = millis();
            for (long left = number(); left > 0; left--) {
                call.seen.add(new Call.Seen(data.readLong(), data.readInt()));
            }
            for (long left = number(); left > 0; left--) {
                Track leg = new Track(SIDES.get(data.readUnsignedByte()), text());
                leg.extension = text();
                leg.ring = millis();
                leg.answer = millis();
                leg.hangup = millis();
                call.legs.add(leg);
            }
            for (long left = number(); left > 0; left--) {
                call.missing.add(new Gap(data.readByte(), KINDS.get(data.readUnsignedByte())));
            }
            call.tenant = version < 2 ? null : text();
            call.companyCode = text();
            int direction = data.readUnsignedByte();
            call.direction = direction == 0 ? null : DIRECTIONS.get(direction - 1);
            call.method = data.readBoolean() ? new Method(signed(), text(), Map.of()) : null;
            call.startedAt = time();
            call.customer = text();
            call.displayNumber = text();
            call.extension = text();
            if ((flags & 4) != 0) {
                call.billHash = data.readLong();
                call.bill = bill();
            }
            for (long left = number(); left > 0; left--) {
                call.held.add(held());
            }
            return call;
        }

        private Call.Bill bill() throws IOException {
            return new Call.Bill(
                    time(),
                    time(),
                    answered(),
                    optional(),
                    optional(),
                    text(),
                    data.readBoolean() ? new BillEvent.Hangup(optional(), text(), optional(), text(), Map.of()) : null,
                    data.readBoolean() ? new BillEvent.Recording(text(), text(), Map.of()) : null,
                    data.readBoolean() ? new BillEvent.Custom(text(), text(), text(), Map.of()) : null);
        }

        private @Nullable Boolean answered() throws IOException {
            int answered = data.readUnsignedByte();
            return answered == 0 ? null : answered == 1;
        }

        private Held held() throws IOException {
            long since = number();
            long at = number();
            long appendedAt = number();
            byte[] value = data.readNBytes((int) number());
            List<Message.Header> headers = new ArrayList<>();
            for (long left = number(); left > 0; left--) {
                String name = text();
                int length = (int) number();
                headers.add(
                        new Message.Header(name == null ? "" : name, length == 0 ? null : data.readNBytes(length - 1)));
            }
            return new Held(Arrival.of(new Message(value, headers, appendedAt)), since, at);
        }

        private long number() throws IOException {
            long number = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int part = data.readUnsignedByte();
                number |= (long) (part & 0x7f) << shift;
                if (part < 0x80) {
                    return number;
                }
            }
            throw new IOException("A number has more than 64 bits");
        }

        private long signed() throws IOException {
            long number = number();
            return (number >>> 1) ^ -(number & 1);
        }

        private @Nullable Long optional() throws IOException {
            return data.readBoolean() ? (Long) signed() : null;
        }

        private long millis() throws IOException {
            long number = number();
            if (number == 0) {
                return 0;
            }
            long delta = number - 1;
            return base + ((delta >>> 1) ^ -(delta & 1));
        }

        private @Nullable Instant time() throws IOException {
            long millis = millis();
            return millis == 0 ? null : Instant.ofEpochMilli(millis);
        }

        private @Nullable String text() throws IOException {
            long kind = number();
            if (kind == 0) {
                return null;
            }
            return kind == 1
                    ? new UUID(data.readLong(), data.readLong()).toString()
                    : new String(data.readNBytes((int) (kind - 2)), StandardCharsets.UTF_8);
        }
    }
}
