package io.callstream.standalone;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The settings of the default run.
 *
 * @param kafkaPort the port of Kafka, on loopback. 1 to 65535.
 * @param calls the number of calls that it plays at itself after the start, as a demonstration. 0 to 10000.
 * @param dataFolder the folder in which Kafka and the journal keep their records between runs, each in its own folder
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
