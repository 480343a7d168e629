package io.callstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code callstream check} names what is wrong with a certificate that a real server offers. */
class CertificatesTest {

    private static final char[] PASSWORD = "of-this-test".toCharArray();
    private static final String LOCAL = "san=dns:localhost,ip:127.0.0.1";

    @TempDir
    static Path folder;

    private static KeyStore keys;

    @BeforeAll
    static void certificates() throws Exception {
        create("root", "-ext", "bc:c");
        create("intermediate", "-signer", "root", "-ext", "bc:c");
        create("good", "-signer", "intermediate", "-ext", LOCAL);
        create("selfsigned", "-ext", LOCAL);
        create("expired", "-ext", LOCAL, "-startdate", "-20d", "-validity", "10");
        create("early", "-ext", LOCAL, "-startdate", "+2d");
        create("other", "-ext", "san=dns:other.example,dns:*.example");
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve("keys"))) {
            keys.load(file, PASSWORD);
        }
    }

    private static void create(String name, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-storetype",
                "PKCS12",
                "-keystore",
                folder.resolve("keys").toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(more));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    /** @param sent how many certificates of the chain the server sends */
    @ParameterizedTest
    @CsvSource({
        "selfsigned, 1, the certificate is signed by itself",
        "expired,    1, the certificate expired at 20",
        "early,      1, the certificate is valid only from 20",
        "other,      1, 'the certificate is for other.example, *.example, not for 127.0.0.1'",
        "good,       1, 'does not send the certificate of CN=intermediate, which signed that of CN=good'",
        "good,       2, 'does not send the certificate of CN=root, which signed that of CN=intermediate'",
        "good,       3, 'the chain ends at CN=root, which this machine does not know'"
    })
    void theFaultIsNamed(String certificate, int sent, String sentence) throws Exception {
        KeyStore offered = KeyStore.getInstance("PKCS12");
        offered.load(null, PASSWORD);
        Certificate[] chain = keys.getCertificateChain(certificate);
        offered.setKeyEntry("it", keys.getKey(certificate, PASSWORD), PASSWORD, Arrays.copyOf(chain, sent));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(offered, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.start();
        try {
            assertThat(check(server.getAddress().getPort())).contains(sentence);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aPortWithoutTlsIsNamed() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answers = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 2; i++) {
                    try (Socket socket = server.accept()) {
                        socket.getOutputStream()
                                .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            assertThat(check(server.getLocalPort())).contains("the server completes no TLS handshake");
            answers.join();
        }
    }

    private static String check(int port) {
        StringWriter out = new StringWriter();
        assertThat(Callstream.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .execute("check", "https://127.0.0.1:" + port))
                .isEqualTo(Exit.WRONG);
        return out.toString();
    }
}
