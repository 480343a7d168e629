package io.callstream.schemas.kafka;

import io.callstream.schemas.Reading;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/** {@link EventSerializer} and {@link EventDeserializer} in one {@code Serde}, for Kafka Streams. */
public final class EventSerde extends Serdes.WrapperSerde<@Nullable Reading> {

    /** Creates a serde. It has no settings. */
    public EventSerde() {
        super(new EventSerializer(), new EventDeserializer());
    }
}
