package io.callstream.embeddedkafka.testing;

import io.callstream.embeddedkafka.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A broker in this JVM that all tests of a run share. Each test uses topics of its own, or reads from the offset at
 * which it started.
 */
public final class TestBroker {

    private static EmbeddedKafka shared;

    private TestBroker() {}

    /** Starts the broker at the first call. It ends with the JVM. */
    public static synchronized String bootstrapServers() {
        if (shared == null) {
            shared = start(folder("shared"), freePort());
        }
        return shared.bootstrapServers();
    }

    public static EmbeddedKafka start(Path folder, int port) {
        try {
            return EmbeddedKafka.start(folder, port, reason -> System.err.println("The test's broker died: " + reason));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static int freePort() {
        try {
            return EmbeddedKafka.freePort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates a new folder below the module's build folder. */
    public static Path folder(String name) {
        try {
            Path folder =
                    Path.of("target", "brokers", name + '-' + UUID.randomUUID()).toAbsolutePath();
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
