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
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The record in which something is kept that cannot be published as what it should be. Pure; safe for any number of
 * threads.
 */
public final class QuarantineRecord {

    /** Room for every boundary and every ordinary query. */
    private static final int LONGEST_COPY = 1024;

    private QuarantineRecord() {}

    /**
     * An item as it came, with all that posting it again takes.
     *
     * @param bytes the item's, or the whole body's
     * @param charset of an item's bytes; {@code null} for a whole body
     * @param id names the record; the answer to the sender contains it
     */
    public static JournalRecord of(
            Rejection rejection, byte[] bytes, @Nullable Charset charset, Reception reception, String id) {
        List<Header> headers = new ArrayList<>(10);
        addReason(headers, id, rejection.reason(), rejection.explanation());
        headers.add(RecordHeader.of(RECEIVED_AT, reception.receivedAt().toString()));
        headers.add(RecordHeader.of(PATH, reception.path()));
        headers.add(RecordHeader.of(TENANT, reception.tenant()));
        add(headers, CONTENT_TYPE, reception.contentType());
        add(headers, CONTENT_ENCODING, reception.contentEncoding());
        add(headers, QUERY, reception.query());
        add(headers, CHARSET, charset == null ? null : charset.name());
        String callId = rejection.callId();
        byte[] key = callId == null ? null : callId.getBytes(StandardCharsets.UTF_8);
        return new JournalRecord(Topics.QUARANTINE, key, headers, bytes);
    }

    /** A record that Kafka does not take: its own headers and value, and why. */
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

    /** Cut where it is longer than any that means something: a sender must not have more stored than it sent. */
    private static void add(List<Header> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(
                    RecordHeader.of(name, value.length() <= LONGEST_COPY ? value : value.substring(0, LONGEST_COPY)));
        }
    }
}
