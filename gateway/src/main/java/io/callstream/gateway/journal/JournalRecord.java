package io.callstream.gateway.journal;

import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka is to get. Owns its arrays: nobody changes them once it is made.
 *
 * @param topic the topic's name
 * @param key UTF-8; {@code null} where the record belongs to no call
 * @param headers in the order in which they are written
 * @param value the bytes, as they stand in the topic
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared: a copy or a wrapper for each would only cost.
public record JournalRecord(String topic, byte @Nullable [] key, List<Header> headers, byte[] value) {

    /** Bytes of key, headers and value. */
    public int bytes() {
        int bytes = value.length + (key == null ? 0 : key.length);
        for (Header header : headers) {
            bytes += header.key().length() + header.value().length;
        }
        return bytes;
    }
}
