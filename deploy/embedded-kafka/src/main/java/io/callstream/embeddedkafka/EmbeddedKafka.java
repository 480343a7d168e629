package io.callstream.embeddedkafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * One Kafka node, broker and controller in one, in this process and on loopback only.
 *
 * <p>A broker that is started again on the same folder has the same records. It is a single broker: when it
 * acknowledges a record, the record is in the machine's page cache, but not necessarily on its disk.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final int NODE = 1;

    private static final int LOWEST_PORT = 10_000;
    private static final int EPHEMERAL_PORTS = 32_768;

    private final KafkaRaftServer server;
    private final int port;
    private final FileChannel lock;

    private EmbeddedKafka(KafkaRaftServer server, int port, FileChannel lock) {
        this.server = server;
        this.port = port;
        this.lock = lock;
    }

    /** Another process listens on the port. */
    public static final class PortTakenException extends IOException {

        private final int port;

        PortTakenException(int port, IOException cause) {
            super("Port %d is taken.".formatted(port), cause);
            this.port = port;
        }

        public int port() {
            return port;
        }
    }

    /** Another running broker uses the folder. */
    public static final class FolderTakenException extends IOException {

        FolderTakenException(Path folder) {
            super("%s is in use by another process.".formatted(folder));
        }
    }

    /**
     * Starts a broker. Returns when it accepts requests.
     *
     * @param folder the folder for its data; created and formatted if it does not exist
     * @param port the port for clients
     * @param onFatal receives the reason if Kafka stops because of a fatal error. Kafka would end the process; here the
     *     process continues. This applies to the whole process: only the last started broker's handler is called
     * @throws PortTakenException if another process listens on the port
     * @throws FolderTakenException if another broker uses the folder
     * @throws IOException if the folder cannot be used
     */
    public static EmbeddedKafka start(Path folder, int port, Consumer<String> onFatal) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new PortTakenException(port, e);
        }
        Exit.Procedure report = (status, message) -> {
            String reason = message != null ? message : "status " + status;
            onFatal.accept(reason);
            throw new IllegalStateException("Kafka gave itself up: " + reason);
        };
        Exit.setHaltProcedure(report);
        Exit.setExitProcedure(report);

        Files.createDirectories(folder);
        FileChannel lock = lock(folder);
        try {
            Properties settings = prepare(folder, port);
            KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
            try {
                server.startup();
            } catch (RuntimeException | Error e) {
                server.shutdown();
                throw e;
            }
            return new EmbeddedKafka(server, port, lock);
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** Kafka takes its own lock too late: before that, a second node writes into the first node's metadata. */
    private static FileChannel lock(Path folder) throws IOException {
        FileChannel file = FileChannel.open(
                folder.resolve("callstream.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() != null) {
                return file;
            }
        } catch (OverlappingFileLockException e) {
            // A broker in this process uses the folder.
        }
        file.close();
        throw new FolderTakenException(folder);
    }

    /**
     * Formats the folder if it is new, and returns the properties for a broker that uses it. They are for a broker in
     * its own process, with the main class {@code kafka.Kafka}, or with additional settings.
     */
    public static Properties prepare(Path folder, int port) throws IOException {
        Files.createDirectories(folder);
        if (!Files.exists(folder.resolve("meta.properties"))) {
            format(folder);
        }
        return settings(folder, port, freePort());
    }

    /** The value for {@code spring.kafka.bootstrap-servers}. */
    public String bootstrapServers() {
        return HOST + ':' + port;
    }

    /**
     * Returns a port on loopback that is free now. Operating systems take the ports of outgoing connections from 32768
     * upwards. This port is below, so no connection takes it before its listener does.
     */
    public static int freePort() throws IOException {
        IOException last = new IOException("No port was tried");
        for (int tries = 0; tries < 100; tries++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, EPHEMERAL_PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                last = taken;
            }
        }
        throw last;
    }

    /** Stops in order: acknowledged records are flushed. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void format(Path folder) throws IOException {
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
            new Formatter()
                    .setPrintStream(nowhere)
                    .setNodeId(NODE)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .setControllerListenerName("CONTROLLER")
                    .addDirectory(folder.toString())
                    .setMetadataLogDirectory(folder.toString())
                    .run();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Cannot format " + folder, e);
        }
    }

    private static Properties settings(Path folder, int port, int controllerPort) {
        Properties settings = new Properties();
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("node.id", Integer.toString(NODE));
        settings.setProperty("log.dirs", folder.toString());
        settings.setProperty(
                "listeners", "CLIENT://%s:%d,CONTROLLER://%s:%d".formatted(HOST, port, HOST, controllerPort));
        settings.setProperty("advertised.listeners", "CLIENT://%s:%d".formatted(HOST, port));
        settings.setProperty("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.setProperty("inter.broker.listener.name", "CLIENT");
        settings.setProperty("controller.listener.names", "CONTROLLER");
        settings.setProperty("controller.quorum.voters", "%d@%s:%d".formatted(NODE, HOST, controllerPort));
        // Kafka's internal topics cannot have more than one replica on one node.
        settings.setProperty("offsets.topic.replication.factor", "1");
        settings.setProperty("offsets.topic.num.partitions", "4");
        settings.setProperty("transaction.state.log.replication.factor", "1");
        settings.setProperty("transaction.state.log.min.isr", "1");
        settings.setProperty("transaction.state.log.num.partitions", "4");
        // Consumers wait no longer for what a killed producer has begun.
        settings.setProperty("transaction.abort.timed.out.transaction.cleanup.interval.ms", "2000");
        settings.setProperty("share.coordinator.state.topic.replication.factor", "1");
        settings.setProperty("share.coordinator.state.topic.min.isr", "1");
        settings.setProperty("share.coordinator.state.topic.num.partitions", "4");
        // A consumer that subscribes early must not create a topic with too few partitions.
        settings.setProperty("auto.create.topics.enable", "false");
        settings.setProperty("group.initial.rebalance.delay.ms", "0");
        // After a kill, the node waits until its previous session has timed out: with this, seconds instead of a dozen.
        settings.setProperty("broker.session.timeout.ms", "2000");
        settings.setProperty("broker.heartbeat.interval.ms", "500");
        settings.setProperty("num.network.threads", "2");
        settings.setProperty("num.io.threads", "4");
        settings.setProperty("log.cleaner.dedupe.buffer.size", Long.toString(8L << 20));
        return settings;
    }
}
