package io.callstream.gateway.codec;

import static io.callstream.schemas.Headers.*;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.RecordHeader;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.Event;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Topics;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Puts events into the records that the topics document. Pure; safe for any number of threads. */
public final class RecordEncoder {

    private static final Header SPECVERSION = RecordHeader.of(CE_SPECVERSION, "1.0");
    private static final Header JSON = RecordHeader.of(CONTENT_TYPE, "application/json");
    private static final Map<EventKind, Header> TYPES = new EnumMap<>(EventKind.class);

    static {
        for (EventKind kind : EventKind.values()) {
            TYPES.put(kind, RecordHeader.of(CE_TYPE, kind.type()));
        }
    }

    /** All that arrives within a millisecond has the same. */
    private static volatile Time lastTime = new Time(Instant.EPOCH, RecordHeader.of(CE_TIME, Instant.EPOCH.toString()));

    private record Time(Instant instant, RecordHeader header) {}

    private RecordEncoder() {}

    /** The event as a CloudEvent in binary mode. */
    public static JournalRecord event(Decoded decoded) {
        Event event = decoded.event();
        byte[] key = utf8(event.key());
        List<Header> headers = List.of(
                SPECVERSION,
                RecordHeader.of(CE_ID, decoded.id()),
                RecordHeader.of(CE_SOURCE, source(event.companyCode())),
                TYPES.get(event.kind()),
                time(event.receivedAt()),
                new RecordHeader(CE_SUBJECT, key),
                new RecordHeader(CE_PARTITIONKEY, key),
                JSON);
        String topic = event instanceof CallEvent ? Topics.EVENTS : Topics.TASKS;
        return new JournalRecord(topic, key, headers, EventJson.bytes(event));
    }

    private static RecordHeader time(Instant instant) {
        Time known = lastTime;
        if (!known.instant.equals(instant)) {
            known = new Time(instant, RecordHeader.of(CE_TIME, instant.toString()));
            lastTime = known;
        }
        return known.header;
    }

    /** A URI reference, as CloudEvents demands. */
    private static String source(@Nullable String companyCode) {
        return companyCode == null
                ? "/callstream"
                : "/callstream/"
                        + URLEncoder.encode(companyCode, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
