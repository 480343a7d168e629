package io.callstream.standalone;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The embedded broker's settings.
 *
 * @param kafkaPort where Kafka listens, on loopback. 1 to 65535.
 * @param dataFolder where Kafka and the journal keep their records between runs, each in a folder of its own
 */
@ConfigurationProperties("callstream.standalone")
record StandaloneProperties(
        @DefaultValue("9092") int kafkaPort,
        @DefaultValue("callstream-data") Path dataFolder) {

    StandaloneProperties {
        if (kafkaPort < 1 || kafkaPort > 65535) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.standalone.kafka-port", kafkaPort, "Set it between 1 and 65535.");
        }
    }
}
