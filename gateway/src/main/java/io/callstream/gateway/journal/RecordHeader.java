package io.callstream.gateway.journal;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;

/**
 * A header of a record.
 *
 * @param value must not be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, so the array needs no copy or wrapper.
public record RecordHeader(String key, byte[] value) implements Header {

    /** Creates a header with a text value, in UTF-8. */
    public static RecordHeader of(String key, String value) {
        return new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
