package io.callstream.schemas;

import io.callstream.embeddedkafka.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * A broker with two ports. On the operators' port, clients need no login and may do everything. On the secure port,
 * clients log in over TLS and may do what the ACLs allow.
 */
final class SecuredKafka implements AutoCloseable {

    private static final String PASSWORD = "changeit";

    private final KafkaRaftServer server;
    private final int operatorsPort;
    private final int securePort;
    private final Path certificate;

    SecuredKafka(Path folder) throws IOException, InterruptedException {
        operatorsPort = EmbeddedKafka.freePort();
        securePort = EmbeddedKafka.freePort();
        Path keys = Files.createDirectories(folder).resolve("keys.p12");
        certificate = folder.resolve("ca.pem");
        keytool(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString());
        keytool("-exportcert", "-rfc", "-keystore", keys.toString(), "-file", certificate.toString());

        Properties settings = EmbeddedKafka.prepare(folder.resolve("data"), operatorsPort);
        extend(settings, "listeners", ",SECURE://127.0.0.1:" + securePort);
        extend(settings, "advertised.listeners", ",SECURE://127.0.0.1:" + securePort);
        extend(settings, "listener.security.protocol.map", ",SECURE:SASL_SSL");
        settings.setProperty("listener.name.secure.sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.setProperty(
                "listener.name.secure.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.setProperty("listener.name.secure.ssl.keystore.location", keys.toString());
        settings.setProperty("listener.name.secure.ssl.keystore.password", PASSWORD);
        settings.setProperty("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.setProperty("super.users", "User:ANONYMOUS");
        server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        server.startup();
    }

    String operatorsServers() {
        return "127.0.0.1:" + operatorsPort;
    }

    String secureServers() {
        return "127.0.0.1:" + securePort;
    }

    /** The broker's certificate as PEM, which clients have to trust. */
    Path certificate() {
        return certificate;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void extend(Properties settings, String name, String more) {
        settings.setProperty(name, settings.getProperty(name) + more);
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-alias",
                "broker",
                "-storepass",
                PASSWORD));
        command.addAll(List.of(arguments));
        Path said = Files.createTempFile("keytool", ".txt");
        int end = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start()
                .waitFor();
        if (end != 0) {
            throw new IOException("keytool: " + Files.readString(said));
        }
    }
}
