package io.callstream.gateway.journal;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;

/**
 * A header of a record.
 *
 * @param value owned by it: nobody changes it
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared: a copy or a wrapper for each would only cost.
public record RecordHeader(String key, byte[] value) implements Header {

    /** One whose value is text, in UTF-8. */
    public static RecordHeader of(String key, String value) {
        return new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
