package io.callstream.standalone;

import io.callstream.embeddedkafka.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts the broker before every component of the gateway, and stops it after all of them. */
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
            Path folder = properties.dataFolder().toAbsolutePath().resolve("kafka");
            keepForOwner(folder);
            kafka = EmbeddedKafka.start(
                    folder,
                    properties.kafkaPort(),
                    reason -> LOG.error("The embedded Kafka has given itself up: start again. ({})", reason));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Only the owner may read the folder, because its records contain phone numbers. */
    private static void keepForOwner(Path folder) throws IOException {
        Files.createDirectories(folder);
        if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
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
