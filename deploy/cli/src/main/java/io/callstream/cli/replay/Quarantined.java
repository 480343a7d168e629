package io.callstream.cli.replay;

import io.callstream.cli.KafkaOption;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Topics;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * An item in quarantine.
 *
 * @param headers of its record, by name
 * @param bytes as they came
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Quarantined(Map<String, String> headers, byte[] bytes) {

    private static final String FORM = "application/x-www-form-urlencoded";

    /** What is to be posted. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Body(String contentType, byte[] bytes) {}

    /** Shows all that is there, oldest first within each partition. */
    static void scan(KafkaOption kafka, Consumer<Quarantined> to) {
        kafka.scan(Topics.QUARANTINE, new ByteArrayDeserializer(), record -> {
            if (record.value() != null) {
                to.accept(of(record));
            }
        });
    }

    private static Quarantined of(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8));
        }
        return new Quarantined(headers, record.value());
    }

    String id() {
        return headers.getOrDefault(Headers.QUARANTINE_ID, "-");
    }

    String reason() {
        return headers.getOrDefault(Headers.REASON, "-");
    }

    String explanation() {
        return headers.getOrDefault(Headers.EXPLANATION, "");
    }

    /** The address that it came to; the general one where that is not known. */
    String path() {
        return headers.getOrDefault(Headers.PATH, "/callbacks");
    }

    Instant receivedAt() {
        try {
            return Instant.parse(headers.getOrDefault(Headers.RECEIVED_AT, ""));
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /**
     * The bytes in a body in which the gateway finds them again. The content type is the whole body's: of a form that
     * could be taken apart only a field's value is here.
     */
    Body asItCame() {
        String contentType = headers.getOrDefault(Headers.CONTENT_TYPE, "");
        String text = new String(bytes, StandardCharsets.ISO_8859_1).stripLeading();
        boolean isForm = contentType.startsWith(FORM) || contentType.startsWith("multipart/");
        boolean isWhole = contentType.startsWith(FORM)
                ? text.contains("=") && !text.startsWith("{") && !text.startsWith("[") && !text.startsWith("\"")
                : text.startsWith("--");
        return isForm && !isWhole ? asCallback(bytes) : new Body(contentType.isEmpty() ? FORM : contentType, bytes);
    }

    /** In a form's field {@code detail}, whatever the bytes are. */
    static Body asCallback(byte[] callback) {
        String detail =
                URLEncoder.encode(new String(callback, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
        return new Body(FORM, ("detail=" + detail).getBytes(StandardCharsets.US_ASCII));
    }
}
