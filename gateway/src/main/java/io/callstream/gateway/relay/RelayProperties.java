package io.callstream.gateway.relay;

import io.callstream.gateway.journal.Window;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * The relay's limits. The brokers and their security are configured in {@code spring.kafka.*}.
 *
 * @param maxInFlight the most records that the Kafka client may hold unacknowledged. 1 to 4096.
 * @param maxInFlightSize the most bytes of these records; a single larger record is sent alone. 1 MB to 64 MB.
 */
@ConfigurationProperties("callstream.relay")
record RelayProperties(
        @DefaultValue("512") int maxInFlight,
        @DefaultValue("8MB") DataSize maxInFlightSize) {

    RelayProperties {
        if (maxInFlight < 1 || maxInFlight > Window.MOST_RECORDS) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.relay.max-in-flight", maxInFlight, "Set it between 1 and 4096.");
        }
        if (maxInFlightSize.compareTo(DataSize.ofMegabytes(1)) < 0
                || maxInFlightSize.compareTo(DataSize.ofMegabytes(64)) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.relay.max-in-flight-size", maxInFlightSize, "Set it between 1MB and 64MB.");
        }
    }

    /** How far the relay may run ahead of Kafka's acknowledgements. */
    Window window() {
        return new Window(maxInFlight, maxInFlightSize.toBytes());
    }
}
