package io.callstream.timeline.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.Direction;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Leg;
import io.callstream.schemas.RawJson;
import io.callstream.schemas.StatusEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes the records of one call, as a gateway would. */
public final class Callbacks {

    private static final AtomicLong SEQUENCE = new AtomicLong();

    private final String call;
    private final @Nullable String tenant;

    public Callbacks(String call) {
        this(call, null);
    }

    /** @param tenant whose credential they come with; {@code null} on a gateway without tenants */
    public Callbacks(String call, @Nullable String tenant) {
        this.call = call;
        this.tenant = tenant;
    }

    /** A status of one leg: side A or B. */
    public Arrival status(EventKind kind, String side, long receivedAt) {
        return status(kind, side, call + side, "20280005", 0, receivedAt);
    }

    /** A status with a leg, a text and a size that no dialler would send. */
    public Arrival status(EventKind kind, String side, String leg, String extension, int padding, long receivedAt) {
        return arrival(
                new StatusEvent(
                        call,
                        kind,
                        Instant.ofEpochMilli(receivedAt),
                        "2028",
                        Instant.ofEpochMilli(receivedAt).minusSeconds(20),
                        Direction.OUTBOUND,
                        null,
                        extension,
                        "2120280001",
                        "20280005",
                        "5550100",
                        new Leg(leg, Leg.Side.valueOf(side), Map.of()),
                        new RawJson("{\"status\":\"%s\",\"x\":\"%s\"}".formatted(kind.label(), "x".repeat(padding))),
                        null,
                        Map.of()),
                kind.label() + leg,
                receivedAt);
    }

    /** A bill. A corrected one has another version. */
    public Arrival bill(boolean answered, boolean extension, int version, long receivedAt) {
        return arrival(
                new BillEvent(
                        call,
                        EventKind.BILL,
                        Instant.ofEpochMilli(receivedAt),
                        "2028",
                        Instant.ofEpochMilli(receivedAt).minusSeconds(60),
                        answered ? Instant.ofEpochMilli(receivedAt).minusSeconds(40) : null,
                        Instant.ofEpochMilli(receivedAt),
                        answered,
                        5L,
                        answered ? 28L : 0L,
                        Direction.OUTBOUND,
                        null,
                        "7",
                        extension ? "20280005" : null,
                        "2120280001",
                        "5550100",
                        new BillEvent.Hangup(10040L, "caller hung up", 10001L, "normal", Map.of()),
                        new BillEvent.Recording("file-" + version + ".mp3", "192.0.2.10", Map.of()),
                        new BillEvent.Custom("m-1", null, null, Map.of()),
                        null,
                        new RawJson("{\"billsec\":28}"),
                        null,
                        Map.of()),
                "bill" + version,
                receivedAt);
    }

    /** The same callback, posted again. */
    public static Arrival repeat(Arrival arrival, long receivedAt) {
        Message message = arrival.message();
        String id = String.valueOf(message.header(Headers.CE_ID));
        String type = String.valueOf(message.header(Headers.CE_TYPE));
        return Arrival.of(new Message(
                message.value(),
                headers(
                        String.valueOf(message.header(Headers.CE_SUBJECT)),
                        id,
                        type,
                        String.valueOf(message.header(Headers.CE_TIME))),
                receivedAt));
    }

    /** A record of a kind that this release does not know. */
    public Arrival unknown(long receivedAt) {
        return Arrival.of(new Message(
                "{\"callId\":\"%s\"}".formatted(call).getBytes(UTF_8),
                headers(
                        call,
                        id("unknown"),
                        "io.callstream.call.transfer.v1",
                        Instant.ofEpochMilli(receivedAt).toString()),
                receivedAt));
    }

    private Arrival arrival(CallEvent event, String what, long appendedAt) {
        List<Message.Header> headers = new ArrayList<>(
                headers(call, id(what), event.kind().type(), event.receivedAt().toString()));
        if (tenant != null) {
            headers.add(new Message.Header(Headers.TENANT, tenant.getBytes(UTF_8)));
        }
        return Arrival.of(new Message(EventJson.bytes(event), headers, appendedAt));
    }

    private String id(String what) {
        return String.format(Locale.ROOT, "%016x%016x", Hash.of(call + what), 0);
    }

    private static List<Message.Header> headers(String call, String id, String type, String time) {
        return List.of(
                new Message.Header(Headers.CE_SPECVERSION, "1.0".getBytes(UTF_8)),
                new Message.Header(Headers.CE_ID, id.getBytes(UTF_8)),
                new Message.Header(Headers.CE_SOURCE, "/callstream/2028".getBytes(UTF_8)),
                new Message.Header(Headers.CE_TYPE, type.getBytes(UTF_8)),
                new Message.Header(Headers.CE_TIME, time.getBytes(UTF_8)),
                new Message.Header(Headers.CE_SUBJECT, call.getBytes(UTF_8)),
                new Message.Header(Headers.CE_PARTITIONKEY, call.getBytes(UTF_8)),
                new Message.Header(Headers.CONTENT_TYPE, "application/json".getBytes(UTF_8)),
                new Message.Header(Headers.ORIGIN, ("journal:" + SEQUENCE.incrementAndGet()).getBytes(UTF_8)));
    }
}
