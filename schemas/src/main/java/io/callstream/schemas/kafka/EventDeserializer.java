package io.callstream.schemas.kafka;

import io.callstream.schemas.EventJson;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Reading;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values of {@code calls.events} and {@code calls.tasks}: the kind from the header {@code ce_type}, or from the
 * value where the header is missing. Never throws for what a record holds, so no record can stop a consumer: what is no
 * event comes as {@link io.callstream.schemas.Unreadable}. A record without a value is {@code null}.
 */
public final class EventDeserializer implements Deserializer<@Nullable Reading> {

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
