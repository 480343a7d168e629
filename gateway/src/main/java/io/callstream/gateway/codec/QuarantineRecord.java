package io.callstream.gateway.codec;

import static io.callstream.schemas.Headers.*;

import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.RecordHeader;
import io.callstream.schemas.Topics;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Builds the record that stores a callback, or an event that Kafka rejected, in the quarantine topic. Pure; safe for
 * any number of threads.
 */
public final class QuarantineRecord {

    /** In characters. Enough for every multipart boundary and every ordinary query. */
    private static final int LONGEST_COPY = 1024;

    /** The topic of all these records. */
    public static final String TOPIC = Topics.QUARANTINE;

    private static final RecordHeader MASKED_VALUE = RecordHeader.of(MASKED, "true");

    private QuarantineRecord() {}

    /**
     * Builds the record of an item or a body that cannot be decoded. The record contains everything that is needed to
     * post it again, unless {@code privacy} masks it.
     *
     * @param bytes the item as it was received, or the whole body
     * @param charset the charset of the item's bytes; {@code null} for a whole body
     * @param id the id of the quarantine record; the answer to the sender contains it
     */
    public static JournalRecord of(
            Rejection rejection,
            byte[] bytes,
            @Nullable Charset charset,
            Reception reception,
            Privacy privacy,
            String id) {
        boolean masks = privacy.masksQuarantine();
        UnaryOperator<String> text = masks ? Privacy::withoutNumbers : UnaryOperator.identity();
        List<Header> headers = new ArrayList<>(11);
        addReason(headers, id, rejection.reason(), text.apply(rejection.explanation()));
        headers.add(RecordHeader.of(RECEIVED_AT, reception.receivedAt().toString()));
        headers.add(RecordHeader.of(PATH, reception.path()));
        headers.add(RecordHeader.of(TENANT, reception.tenant()));
        add(headers, CONTENT_TYPE, reception.contentType(), text);
        add(headers, CONTENT_ENCODING, reception.contentEncoding(), text);
        add(headers, QUERY, reception.query(), text);
        add(headers, CHARSET, charset == null ? null : charset.name(), UnaryOperator.identity());
        if (masks) {
            headers.add(MASKED_VALUE);
        }
        String callId = rejection.callId();
        byte[] key = callId == null ? null : callId.getBytes(StandardCharsets.UTF_8);
        return new JournalRecord(
                Topics.QUARANTINE,
                key,
                headers,
                masks ? Privacy.withoutDigits(bytes, reception.contentEncoding()) : bytes);
    }

    /** Builds the quarantine record of a record that Kafka rejects: the same headers and value, and the reason. */
    public static JournalRecord ofRefused(JournalRecord refused, String explanation, String id) {
        List<Header> headers = new ArrayList<>(refused.headers());
        addReason(headers, id, Rejection.Reason.REFUSED_BY_KAFKA, explanation);
        for (Header header : refused.headers()) {
            if (header.key().equals(CE_TIME)) {
                headers.add(new RecordHeader(RECEIVED_AT, header.value()));
            }
        }
        return new JournalRecord(Topics.QUARANTINE, refused.key(), headers, refused.value());
    }

    private static void addReason(List<Header> headers, String id, Rejection.Reason reason, String explanation) {
        headers.add(RecordHeader.of(QUARANTINE_ID, id));
        headers.add(RecordHeader.of(REASON, reason.code()));
        headers.add(RecordHeader.of(EXPLANATION, explanation));
    }

    /** Truncates a long value, so that a sender cannot have more bytes stored than it sent. */
    private static void add(List<Header> headers, String name, @Nullable String value, UnaryOperator<String> masked) {
        if (value != null) {
            String copied = value.length() <= LONGEST_COPY ? value : value.substring(0, LONGEST_COPY);
            headers.add(RecordHeader.of(name, masked.apply(copied)));
        }
    }
}
