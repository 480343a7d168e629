package io.callstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventJsonTest {

    private static final Instant RECEIVED = Instant.parse("2021-02-09T02:00:16.250Z");

    @Test
    void absentComponentsAreLeftOutAndTheVendorsTextIsKept() {
        var event =
                new TaskEvent("t-1", RECEIVED, null, new RawJson("{\"n\":1.50,\"big\":12345678901234567890123}"), null);

        assertThat(json(event))
                .isEqualTo("{\"taskId\":\"t-1\",\"kind\":\"task\",\"receivedAt\":\"2021-02-09T02:00:16.250Z\","
                        + "\"vendor\":{\"n\":1.50,\"big\":12345678901234567890123}}");
    }

    @Test
    void aStatusStandsInItsDocumentedShape() {
        var event = new StatusEvent(
                "call-1",
                EventKind.RING,
                RECEIVED,
                "2028",
                Instant.parse("2021-02-09T02:00:03Z"),
                Direction.OUTBOUND,
                new Method(9, null),
                null,
                null,
                null,
                null,
                new Leg("b-1", Leg.Side.B),
                new RawJson("{}"),
                List.of("method: odd"));

        assertThat(json(event))
                .isEqualTo("{\"callId\":\"call-1\",\"kind\":\"ring\",\"receivedAt\":\"2021-02-09T02:00:16.250Z\","
                        + "\"companyCode\":\"2028\",\"callStartedAt\":\"2021-02-09T02:00:03Z\",\"direction\":\"outbound\","
                        + "\"method\":{\"code\":9},\"leg\":{\"id\":\"b-1\",\"side\":\"B\"},\"vendor\":{},"
                        + "\"warnings\":[\"method: odd\"]}");
    }

    private static String json(Event event) {
        return new String(EventJson.bytes(event), StandardCharsets.UTF_8);
    }
}
