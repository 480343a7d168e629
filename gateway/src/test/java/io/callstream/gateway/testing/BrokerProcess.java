package io.callstream.gateway.testing;

import io.callstream.embeddedkafka.EmbeddedKafka;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/** A broker in a process of its own, so that it can be killed. */
public final class BrokerProcess implements AutoCloseable {

    private final Path folder;
    private final int port;
    private Process process;

    public BrokerProcess() {
        this.folder = TestBroker.folder("process");
        this.port = TestBroker.freePort();
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Starts it and waits until it serves. */
    public void start() throws IOException {
        Properties settings = EmbeddedKafka.prepare(folder, port);
        Path file = folder.resolveSibling(folder.getFileName() + ".properties");
        try (OutputStream out = Files.newOutputStream(file)) {
            settings.store(out, null);
        }
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "kafka.Kafka",
                        file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(
                        folder.resolveSibling(folder.getFileName() + ".log").toFile())
                .start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> admin.describeCluster()
                                    .nodes()
                                    .get(5, TimeUnit.SECONDS)
                                    .size()
                            == 1);
        }
    }

    /** SIGKILL, and the wait for its end. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
