package io.callstream.cli.quarantine;

import io.callstream.cli.Fault;
import io.callstream.cli.KafkaOption;
import io.callstream.schemas.Event;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Topics;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A record in quarantine. Do not trust its contents: an unknown sender can have written them.
 *
 * @param headers by name
 * @param bytes an item, a whole body, or the event that Kafka rejected
 */
@SuppressWarnings("ArrayRecordComponent") // Its instances are not compared.
public record Quarantined(Map<String, String> headers, byte[] bytes) {

    private static final String REFUSED_BY_KAFKA = "refused-by-kafka";
    /** The gateway gives these reasons to whole bodies only. */
    private static final Set<String> WHOLE_BODIES =
            Set.of("empty", "malformed-form", "too-many-items", "unsupported-media-type");

    /** Reads all records that the topic contains, oldest first within each partition. */
    static void scan(KafkaOption kafka, Consumer<Quarantined> to) {
        kafka.scan(Topics.QUARANTINE, new ByteArrayDeserializer(), record -> {
            if (record.value() != null) {
                to.accept(of(record));
            }
        });
    }

    /** Returns the record's contents. Its value is never {@code null}. */
    public static Quarantined of(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8));
        }
        return new Quarantined(headers, record.value());
    }

    public String id() {
        return headers.getOrDefault(Headers.QUARANTINE_ID, "-");
    }

    public String reason() {
        return headers.getOrDefault(Headers.REASON, "-");
    }

    public String explanation() {
        return headers.getOrDefault(Headers.EXPLANATION, "");
    }

    /**
     * The path that the record names. It can be any text, see {@link io.callstream.dialler.GatewayAddress#recorded}.
     */
    public String path() {
        return headers.getOrDefault(Headers.PATH, "");
    }

    public Instant receivedAt() {
        try {
            return Instant.parse(headers.getOrDefault(Headers.RECEIVED_AT, ""));
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /** The bytes as text, in the charset that the record names, otherwise in UTF-8. */
    public String text() {
        try {
            return new String(bytes, Charset.forName(headers.getOrDefault(Headers.CHARSET, "UTF-8")));
        } catch (IllegalArgumentException e) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /**
     * Returns a request that the gateway handles like the original request.
     *
     * @throws Fault if the record does not contain enough to make one
     */
    public Posting again() {
        if (headers.containsKey(Headers.MASKED)) {
            throw new Fault(
                    "The digits of %s are masked (callstream.privacy.quarantine). Send the callback with --edited FILE."
                            .formatted(id()));
        }
        if (reason().equals(REFUSED_BY_KAFKA)) {
            return Posting.ofItem(callback(), StandardCharsets.UTF_8.name());
        }
        String charset = headers.get(Headers.CHARSET);
        if (charset != null) {
            return Posting.ofItem(bytes, charset);
        }
        return isItemWithoutCharset() ? Posting.ofItem(bytes, StandardCharsets.UTF_8.name()) : whole();
    }

    private Posting whole() {
        Map<String, String> sent = new LinkedHashMap<>();
        for (String name : new String[] {Headers.CONTENT_TYPE, Headers.CONTENT_ENCODING}) {
            String value = headers.get(name);
            if (value != null) {
                sent.put(name, value);
            }
        }
        return Posting.ofBody(bytes, sent, headers.getOrDefault(Headers.QUERY, ""));
    }

    private byte[] callback() {
        if (EventJson.read(headers.get(Headers.CE_TYPE), bytes) instanceof Event event
                && !event.vendor().text().equals("{}")) {
            return event.vendor().text().getBytes(StandardCharsets.UTF_8);
        }
        throw new Fault("The record %s contains no callback that can be read. Send the callback with --edited FILE."
                .formatted(id()));
    }

    /**
     * Early gateways wrote no charset. Their items are recognised because they cannot be a body of this content type.
     */
    private boolean isItemWithoutCharset() {
        String type = headers.getOrDefault(Headers.CONTENT_TYPE, "").strip().toLowerCase(Locale.ROOT);
        String text = new String(bytes, StandardCharsets.ISO_8859_1).stripLeading();
        boolean isJson = text.startsWith("{") || text.startsWith("[");
        // The gateway reads JSON in a urlencoded body in the same way as an item, so it can be sent as a body.
        boolean isForm = type.startsWith("multipart/")
                ? text.contains("--") && !isJson
                : !type.startsWith("application/x-www-form-urlencoded") || text.contains("=") || isJson;
        return !isForm && !WHOLE_BODIES.contains(reason());
    }
}
