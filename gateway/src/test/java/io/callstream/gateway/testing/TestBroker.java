package io.callstream.gateway.testing;

import io.callstream.embeddedkafka.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A broker in this JVM that the tests of one run share; each asks for topics of its own or reads from where it began. */
public final class TestBroker {

    private static EmbeddedKafka shared;

    private TestBroker() {}

    /** Started with the first who asks; ends with the JVM. */
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

    /** A new one, below the module's build folder. */
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
