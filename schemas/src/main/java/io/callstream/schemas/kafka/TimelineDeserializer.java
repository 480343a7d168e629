package io.callstream.schemas.kafka;

import io.callstream.schemas.Headers;
import io.callstream.schemas.TimelineJson;
import io.callstream.schemas.TimelineReading;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Deserializes the values of {@code calls.timeline}. No content of a record causes an exception. A record without a
 * value becomes {@code null}. Thread-safe.
 */
public final class TimelineDeserializer implements Deserializer<@Nullable TimelineReading> {

    /** Creates a deserializer. Kafka's client calls it too, when its settings name this class. */
    public TimelineDeserializer() {}

    @Override
    public @Nullable TimelineReading deserialize(String topic, byte @Nullable [] value) {
        return value == null ? null : TimelineJson.read(null, value);
    }

    @Override
    public @Nullable TimelineReading deserialize(
            String topic, org.apache.kafka.common.header.Headers headers, byte @Nullable [] value) {
        Header type = headers.lastHeader(Headers.CE_TYPE);
        return value == null
                ? null
                : TimelineJson.read(
                        type == null || type.value() == null ? null : new String(type.value(), StandardCharsets.UTF_8),
                        value);
    }
}
