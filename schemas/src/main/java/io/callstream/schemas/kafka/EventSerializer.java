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
 * Serializes events, for consumers that write them to their own topics or stores. An {@link Unreadable} is written byte
 * for byte; {@code null} is written as a record without a value. For an event it sets the header {@code ce_type}, which
 * {@link EventDeserializer} needs. The consumer sets all other headers. Thread-safe.
 */
public final class EventSerializer implements Serializer<@Nullable Reading> {

    /** Creates a serializer. Kafka's client calls it too, when its settings name this class. */
    public EventSerializer() {}

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
            // A record that is sent again has read-only headers; its type is set already.
            if (former == null || !Arrays.equals(former.value(), type)) {
                headers.remove(Headers.CE_TYPE).add(Headers.CE_TYPE, type);
            }
        }
        return serialize(topic, reading);
    }
}
