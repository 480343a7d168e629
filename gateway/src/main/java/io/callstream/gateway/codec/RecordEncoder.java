package io.callstream.gateway.codec;

import static io.callstream.schemas.Headers.*;

import io.callstream.gateway.codec.Outcome.Decoded;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.RecordHeader;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.Event;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Encodes events as the records that the topics' contract documents. Pure; safe for any number of threads. */
public final class RecordEncoder {

    private static final Header SPECVERSION = RecordHeader.of(CE_SPECVERSION, "1.0");
    private static final Header JSON = RecordHeader.of(CONTENT_TYPE, "application/json");
    private static final Map<EventKind, Header> TYPES = new EnumMap<>(EventKind.class);

    static {
        for (EventKind kind : EventKind.values()) {
            TYPES.put(kind, RecordHeader.of(CE_TYPE, kind.type()));
        }
    }

    /** Events of the same millisecond share the header. */
    private static final LastHeader<Instant> TIME = new LastHeader<>(CE_TIME, Instant::toString);

    /** Most gateways serve one company. */
    private static final LastHeader<String> SOURCE = new LastHeader<>(CE_SOURCE, Headers::source);

    private static final LastHeader<String> TENANT = new LastHeader<>(Headers.TENANT, name -> name);

    private static final RecordHeader NO_COMPANY = RecordHeader.of(CE_SOURCE, Headers.source(null));

    private RecordEncoder() {}

    /**
     * Encodes the event as a CloudEvent in binary mode.
     *
     * @param tenant whose credential it came with; {@code null} on a gateway without tenants
     */
    public static JournalRecord event(Decoded decoded, @Nullable String tenant) {
        Event event = decoded.event();
        byte[] key = utf8(event.key());
        List<Header> headers = new ArrayList<>(9);
        headers.add(SPECVERSION);
        headers.add(RecordHeader.of(CE_ID, decoded.id()));
        headers.add(event.companyCode() == null ? NO_COMPANY : SOURCE.of(event.companyCode()));
        headers.add(TYPES.get(event.kind()));
        headers.add(TIME.of(event.receivedAt()));
        headers.add(new RecordHeader(CE_SUBJECT, key));
        headers.add(new RecordHeader(CE_PARTITIONKEY, key));
        headers.add(JSON);
        if (tenant != null) {
            headers.add(TENANT.of(tenant));
        }
        String topic = event instanceof CallEvent ? Topics.EVENTS : Topics.TASKS;
        return new JournalRecord(topic, key, headers, EventJson.bytes(event));
    }

    /** Reuses its last header while the value is the same. */
    private static final class LastHeader<T> {

        private final String name;
        private final Function<T, String> text;
        private volatile @Nullable Known<T> known;

        private record Known<T>(T value, RecordHeader header) {}

        LastHeader(String name, Function<T, String> text) {
            this.name = name;
            this.text = text;
        }

        RecordHeader of(T value) {
            Known<T> last = known;
            if (last == null || !last.value.equals(value)) {
                last = new Known<>(value, RecordHeader.of(name, text.apply(value)));
                known = last;
            }
            return last.header;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
