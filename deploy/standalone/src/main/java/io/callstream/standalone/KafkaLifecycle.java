package io.callstream.standalone;

import io.callstream.embeddedkafka.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Has the broker up before anything of the gateway, and down after all of it. */
final class KafkaLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaLifecycle.class);

    private final StandaloneProperties properties;
    private @Nullable EmbeddedKafka kafka;

    KafkaLifecycle(StandaloneProperties properties) {
        this.properties = properties;
    }

    @Override
    public void start() {
        try {
            kafka = EmbeddedKafka.start(
                    properties.dataFolder().toAbsolutePath().resolve("kafka"),
                    properties.kafkaPort(),
                    reason -> LOG.error("The embedded Kafka has given itself up: start again. ({})", reason));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (kafka != null) {
            kafka.close();
            kafka = null;
        }
    }

    @Override
    public boolean isRunning() {
        return kafka != null;
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }
}
