package io.callstream.gateway.codec;

import static io.callstream.schemas.Headers.*;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.Event;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Topics;
import java.net.URLEncoder;
import java.nio.charset.Charset;
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

    /** Room for every boundary and every ordinary query. */
    private static final int LONGEST_COPY = 1024;

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
     * An item as it came, with all that posting it again takes.
     *
     * @param bytes the item's, or the whole body's
     * @param charset of an item's bytes; {@code null} for a whole body
     * @param quarantineId names the record; the sender is told it
     */
    public static JournalRecord quarantine(
            Rejection rejection, byte[] bytes, @Nullable Charset charset, Reception reception, String quarantineId) {
        List<Header> headers = new ArrayList<>(10);
        headers.add(header(QUARANTINE_ID, quarantineId));
        headers.add(header(REASON, rejection.reason().code()));
        headers.add(header(EXPLANATION, rejection.explanation()));
        headers.add(header(RECEIVED_AT, EventJson.text(reception.receivedAt())));
        headers.add(header(PATH, reception.path()));
        headers.add(header(TENANT, reception.tenant()));
        add(headers, CONTENT_TYPE, reception.contentType());
        add(headers, CONTENT_ENCODING, reception.contentEncoding());
        add(headers, QUERY, reception.query());
        add(headers, CHARSET, charset == null ? null : charset.name());
        String callId = rejection.callId();
        return new JournalRecord(Topics.QUARANTINE, callId == null ? null : utf8(callId), headers, bytes);
    }

    /** Cut where it is longer than any that means something: a sender must not have more stored than it sent. */
    private static void add(List<Header> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(header(name, value.length() <= LONGEST_COPY ? value : value.substring(0, LONGEST_COPY)));
        }
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
