package io.callstream.schemas.kafka;

import io.callstream.schemas.Reading;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/** Both directions in one, as Kafka Streams wants it. */
public final class EventSerde extends Serdes.WrapperSerde<@Nullable Reading> {

    public EventSerde() {
        super(new EventSerializer(), new EventDeserializer());
    }
}
