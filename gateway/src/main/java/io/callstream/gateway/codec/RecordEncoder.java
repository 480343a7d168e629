package io.callstream.gateway.codec;

import static io.callstream.schemas.Headers.*;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.Event;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Topics;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Puts events and rejected items into the records that the topics document. Pure; safe for any number of threads. */
public final class RecordEncoder {

    private static final Header SPECVERSION = header(CE_SPECVERSION, "1.0");
    private static final Header JSON = header(CONTENT_TYPE, "application/json");
    private static final Map<EventKind, Header> TYPES = new EnumMap<>(EventKind.class);

    static {
        for (EventKind kind : EventKind.values()) {
            TYPES.put(kind, header(CE_TYPE, kind.type()));
        }
    }

    private RecordEncoder() {}

    /** The event as a CloudEvent in binary mode. */
    public static JournalRecord event(Decoded decoded) {
        Event event = decoded.event();
        byte[] key = utf8(event.key());
        List<Header> headers = List.of(
                SPECVERSION,
                header(CE_ID, decoded.id()),
                header(CE_SOURCE, source(event.companyCode())),
                TYPES.get(event.kind()),
                header(CE_TIME, EventJson.text(event.receivedAt())),
                new RecordHeader(CE_SUBJECT, key),
                new RecordHeader(CE_PARTITIONKEY, key),
                JSON);
        String topic = event instanceof CallEvent ? Topics.EVENTS : Topics.TASKS;
        return new JournalRecord(topic, key, headers, EventJson.bytes(event));
    }

    /**
     * The item as it came.
     *
     * @param item its exact bytes
     * @param quarantineId names the record; the sender is told it
     */
    public static JournalRecord quarantine(Rejection rejection, byte[] item, Reception reception, String quarantineId) {
        List<Header> headers = new ArrayList<>(7);
        headers.add(header(QUARANTINE_ID, quarantineId));
        headers.add(header(REASON, rejection.reason().code()));
        headers.add(header(EXPLANATION, rejection.explanation()));
        headers.add(header(RECEIVED_AT, EventJson.text(reception.receivedAt())));
        headers.add(header(PATH, reception.path()));
        headers.add(header(TENANT, reception.tenant()));
        if (reception.contentType() != null) {
            headers.add(header(CONTENT_TYPE, reception.contentType()));
        }
        String callId = rejection.callId();
        return new JournalRecord(Topics.QUARANTINE, callId == null ? null : utf8(callId), headers, item);
    }

    /** A URI reference, as CloudEvents demands. */
    private static String source(@Nullable String companyCode) {
        return companyCode == null
                ? "/callstream"
                : "/callstream/"
                        + URLEncoder.encode(companyCode, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, utf8(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
