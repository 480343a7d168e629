package io.callstream.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The gateway's guarantees depend on these settings, so an operator's settings must not override them. */
class ClientSettingsTest {

    @Test
    void thePromisesWinOverWhatSpringSays() {
        Map<String, Object> settings = ClientSettings.producer(
                Map.of(
                        "bootstrap.servers",
                        "kafka:9092",
                        "security.protocol",
                        "SASL_SSL",
                        "compression.type",
                        "zstd",
                        "acks",
                        "1",
                        "enable.idempotence",
                        false,
                        "retries",
                        0,
                        "delivery.timeout.ms",
                        1000,
                        "max.in.flight.requests.per.connection",
                        5),
                1 << 20);

        assertThat(settings)
                .containsEntry("bootstrap.servers", "kafka:9092")
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("compression.type", "zstd")
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("retries", Integer.MAX_VALUE)
                .containsEntry("delivery.timeout.ms", Integer.MAX_VALUE)
                .containsEntry("max.in.flight.requests.per.connection", 1)
                .containsEntry("request.timeout.ms", 5000)
                .containsEntry("socket.connection.setup.timeout.ms", 5000)
                .containsEntry("socket.connection.setup.timeout.max.ms", 5000);
    }
}
