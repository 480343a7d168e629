package io.callstream.schemas.kafka;

import io.callstream.schemas.Event;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Reading;
import io.callstream.schemas.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes events, for consumers that pass them on to topics or stores of their own, and parks what they could not read:
 * an {@link Unreadable} is written byte for byte. Sets the header {@code ce_type} of an event, by which
 * {@link EventDeserializer} reads it back; every other header is the consumer's own affair.
 */
public final class EventSerializer implements Serializer<@Nullable Reading> {

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable Reading reading) {
        if (reading == null) {
            return null;
        }
        return reading instanceof Event event ? EventJson.bytes(event) : ((Unreadable) reading).value();
    }

    @Override
    public byte @Nullable [] serialize(
            String topic, org.apache.kafka.common.header.Headers headers, @Nullable Reading reading) {
        if (reading instanceof Event event) {
            byte[] type = event.kind().type().getBytes(StandardCharsets.UTF_8);
            Header former = headers.lastHeader(Headers.CE_TYPE);
            // Of a record that is sent again the headers are closed, and right.
            if (former == null || !Arrays.equals(former.value(), type)) {
                headers.remove(Headers.CE_TYPE).add(Headers.CE_TYPE, type);
            }
        }
        return serialize(topic, reading);
    }
}
