package io.callstream.schemas.kafka;

import io.callstream.schemas.CallState;
import io.callstream.schemas.TimelineJson;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Deserializes the values of {@code calls.state}. A tombstone becomes {@code null}: the call is forgotten. Only the
 * timeline stage writes this topic, so another value is a fault: a {@link SerializationException}. Thread-safe.
 */
public final class CallStateDeserializer implements Deserializer<@Nullable CallState> {

    /** Creates a deserializer. Kafka's client calls it too, when its settings name this class. */
    public CallStateDeserializer() {}

    @Override
    public @Nullable CallState deserialize(String topic, byte @Nullable [] value) {
        try {
            return value == null ? null : TimelineJson.state(value);
        } catch (IllegalArgumentException e) {
            throw new SerializationException(e.getMessage());
        }
    }
}
