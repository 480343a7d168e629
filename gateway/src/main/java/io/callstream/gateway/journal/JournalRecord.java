package io.callstream.gateway.journal;

import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record to be published to Kafka. Its arrays must not be changed.
 *
 * @param topic the topic's name
 * @param key UTF-8; {@code null} if the record belongs to no call
 * @param headers in the order in which they are written
 * @param value the bytes exactly as they are published
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, so the arrays need no copy or wrapper.
public record JournalRecord(String topic, byte @Nullable [] key, List<Header> headers, byte[] value) {

    /** Bytes of key, headers and value. A header's name counts one byte per character. */
    public int bytes() {
        int bytes = value.length + (key == null ? 0 : key.length);
        for (Header header : headers) {
            bytes += header.key().length() + header.value().length;
        }
        return bytes;
    }
}
