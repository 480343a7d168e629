package io.callstream.schemas.kafka;

import io.callstream.schemas.EventJson;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Reading;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Deserializes the values of {@code calls.events} and {@code calls.tasks}. The header {@code ce_type} decides the kind;
 * if it is missing, the field {@code kind} in the value does. No content of a record causes an exception, so no record
 * can stop a consumer: a value that is not an event becomes {@link io.callstream.schemas.Unreadable}. A record without
 * a value becomes {@code null}. Thread-safe.
 */
public final class EventDeserializer implements Deserializer<@Nullable Reading> {

    /** Creates a deserializer. Kafka's client calls it too, when its settings name this class. */
    public EventDeserializer() {}

    @Override
    public @Nullable Reading deserialize(String topic, byte @Nullable [] value) {
        return value == null ? null : EventJson.read(null, value);
    }

    @Override
    public @Nullable Reading deserialize(
            String topic, org.apache.kafka.common.header.Headers headers, byte @Nullable [] value) {
        return value == null ? null : EventJson.read(type(headers), value);
    }

    private static @Nullable String type(org.apache.kafka.common.header.Headers headers) {
        Header type = headers.lastHeader(Headers.CE_TYPE);
        return type == null || type.value() == null ? null : new String(type.value(), StandardCharsets.UTF_8);
    }
}
