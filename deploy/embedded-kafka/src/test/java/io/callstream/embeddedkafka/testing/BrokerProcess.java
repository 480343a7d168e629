package io.callstream.embeddedkafka.testing;

import io.callstream.embeddedkafka.EmbeddedKafka;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.awaitility.Awaitility;

/** A broker in its own process, so that a test can kill it. */
public final class BrokerProcess implements AutoCloseable {

    private final Path folder = TestBroker.folder("process");
    private final int port = TestBroker.freePort();
    private final Properties settings;
    private final int nodes;
    private Process process;

    /** Creates a cluster of one broker. */
    public BrokerProcess() {
        try {
            settings = EmbeddedKafka.prepare(folder, port);
            nodes = 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates the second broker of a cluster of two. The first broker is the controller. */
    public BrokerProcess(BrokerProcess first) {
        settings = new Properties();
        settings.putAll(first.settings);
        settings.setProperty("process.roles", "broker");
        settings.setProperty("node.id", "2");
        settings.setProperty("log.dirs", folder.toString());
        settings.setProperty("listeners", "CLIENT://127.0.0.1:" + port);
        settings.setProperty("advertised.listeners", "CLIENT://127.0.0.1:" + port);
        nodes = 2;
        Properties meta = new Properties();
        try (InputStream file = Files.newInputStream(first.folder.resolve("meta.properties"));
                PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
            meta.load(file);
            new Formatter()
                    .setPrintStream(nowhere)
                    .setNodeId(2)
                    .setClusterId(meta.getProperty("cluster.id"))
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .setControllerListenerName("CONTROLLER")
                    .addDirectory(folder.toString())
                    .setMetadataLogDirectory(folder.toString())
                    .run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Starts the broker and waits until it serves requests. */
    public BrokerProcess start() throws IOException {
        launch();
        awaitUp();
        return this;
    }

    /** Waits until the broker serves requests and sees as many brokers as its cluster was created with. */
    public void awaitUp() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .ignoreExceptions()
                    .until(() -> admin.describeCluster()
                                    .nodes()
                                    .get(5, TimeUnit.SECONDS)
                                    .size()
                            >= nodes);
        }
    }

    /** Starts the broker without waiting for it. */
    public void launch() throws IOException {
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
    }

    /** Sends SIGKILL and waits until the process has ended. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Suspends the process. All its connections stay open. */
    public void pause() {
        Signals.send(process, "STOP");
    }

    public void resume() {
        Signals.send(process, "CONT");
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
