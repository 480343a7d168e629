package io.callstream.standalone;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The embedded broker's settings.
 *
 * @param kafkaPort where Kafka listens, on loopback. 1 to 65535.
 * @param calls to play at itself once it is ready, for whoever wants to see some. 0 to 10000.
 * @param dataFolder where Kafka and the journal keep their records between runs, each in a folder of its own
 */
@ConfigurationProperties("callstream.standalone")
record StandaloneProperties(
        @DefaultValue("9092") int kafkaPort,
        @DefaultValue("0") int calls,
        @DefaultValue("callstream-data") Path dataFolder) {

    StandaloneProperties {
        if (kafkaPort < 1 || kafkaPort > 65535) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.standalone.kafka-port", kafkaPort, "Set it between 1 and 65535.");
        }
        if (calls < 0 || calls > 10_000) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.standalone.calls", calls, "Set it between 0 and 10000.");
        }
    }
}
