package io.callstream.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.schemas.EventKind;
import io.callstream.schemas.Headers;
import io.callstream.schemas.RawJson;
import io.callstream.schemas.Reading;
import io.callstream.schemas.TaskEvent;
import io.callstream.schemas.Unreadable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class EventSerdeTest {

    private static final TaskEvent EVENT = new TaskEvent(
            "t-1",
            EventKind.TASK,
            Instant.EPOCH,
            "2028",
            new RawJson("{\"taskid\":\"t-1\"}"),
            null,
            Map.of("more", new RawJson("1.0")));

    private final Serde<Reading> serde = new EventSerde();
    private final RecordHeaders headers = new RecordHeaders();

    @Test
    void anEventIsReadBackByItsHeader() {
        headers.add(Headers.CE_TYPE, "of another".getBytes(StandardCharsets.UTF_8));
        byte[] value = serde.serializer().serialize("topic", headers, EVENT);

        assertThat(headers.headers(Headers.CE_TYPE)).hasSize(1);
        assertThat(headers.lastHeader(Headers.CE_TYPE).value()).asString().isEqualTo("io.callstream.task.v1");
        assertThat(serde.deserializer().deserialize("topic", headers, value)).isEqualTo(EVENT);
    }

    @Test
    void theSameRecordCanBeSentAgain() {
        serde.serializer().serialize("topic", headers, EVENT);
        headers.setReadOnly();
        assertThat(serde.serializer().serialize("topic", headers, EVENT)).isNotEmpty();
    }

    @Test
    void whereThereAreNoHeadersItIsReadAllTheSame() {
        byte[] value = serde.serializer().serialize("store", EVENT);
        assertThat(serde.deserializer().deserialize("store", value)).isEqualTo(EVENT);
        assertThat(serde.deserializer().deserialize("store", headers, value)).isEqualTo(EVENT);
    }

    @Test
    void whatCannotBeReadCanBeParkedByteForByte() {
        byte[] garbage = {(byte) 0xc3, 0x28};
        headers.add(Headers.CE_TYPE, null);
        Reading reading = serde.deserializer().deserialize("topic", headers, garbage);

        assertThat(reading).isInstanceOf(Unreadable.class);
        assertThat(serde.serializer().serialize("parked", headers, reading)).isEqualTo(garbage);
    }

    @Test
    void noValueIsNoReading() {
        assertThat(serde.deserializer().deserialize("topic", headers, (byte[]) null))
                .isNull();
        assertThat(serde.serializer().serialize("topic", headers, null)).isNull();
    }
}
