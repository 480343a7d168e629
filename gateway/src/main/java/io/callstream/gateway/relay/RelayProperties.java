package io.callstream.gateway.relay;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The relay's limits; the brokers and their security are {@code spring.kafka.*}.
 *
 * @param maxInFlight the most records that are with the Kafka client and not yet acknowledged. 1 to 4096.
 */
@ConfigurationProperties("callstream.relay")
record RelayProperties(@DefaultValue("512") int maxInFlight) {

    RelayProperties {
        if (maxInFlight < 1 || maxInFlight > 4096) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.relay.max-in-flight", maxInFlight, "Set it between 1 and 4096.");
        }
    }
}
