package io.callstream.timeline.rules;

import io.callstream.schemas.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a record of {@code calls.events} contains besides its key. Nothing of it changes on its way, except that the
 * value gets a member.
 *
 * @param value the event's JSON
 * @param headers all headers, in order
 * @param appendedAt when Kafka appended the record, in milliseconds since 1970
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Message(byte[] value, List<Header> headers, long appendedAt) {

    /** A record's header. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Header(String name, byte @Nullable [] value) {}

    /** Returns a header's value as text; {@code null} if the record does not have it. */
    public @Nullable String header(String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            byte[] value = headers.get(i).value();
            if (value != null && headers.get(i).name().equals(name)) {
                return new String(value, StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    /** Returns the bytes that the message takes in a call's row. */
    long size() {
        long size = value.length;
        for (Header header : headers) {
            size += header.name().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }

    @Nullable
    String type() {
        return header(Headers.CE_TYPE);
    }
}
