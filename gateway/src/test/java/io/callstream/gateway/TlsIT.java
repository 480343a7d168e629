package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS on both ports, with a certificate that is renewed under load. */
@Timeout(180)
class TlsIT {

    private static final String PASSWORD = "of-this-test";

    @TempDir
    Path folder;

    @Test
    void aCertificateIsRenewedUnderLoad() throws Exception {
        certificate("first");
        try (TestGateway gateway = TestGateway.start(
                TestBroker.bootstrapServers(),
                "spring.ssl.bundle.pem.gateway.keystore.certificate=file:" + folder.resolve("cert.pem"),
                "spring.ssl.bundle.pem.gateway.keystore.private-key=file:" + folder.resolve("key.pem"),
                "spring.ssl.bundle.pem.gateway.reload-on-update=true",
                "spring.ssl.bundle.watch.file.quiet-period=300ms",
                "server.ssl.bundle=gateway",
                "management.server.ssl.bundle=gateway")) {
            assertThat(subject(gateway.port())).isEqualTo("CN=first");
            assertThat(subject(gateway.operatorsPort())).isEqualTo("CN=first");
            for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
                assertThat(handshake(gateway.port(), protocol)).isEqualTo(protocol);
            }
            assertThat(suite(gateway.port(), "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"))
                    .startsWith("TLS_ECDHE");
            assertThatThrownBy(() -> suite(gateway.port(), "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"))
                    .isInstanceOf(SSLException.class);

            AtomicBoolean ended = new AtomicBoolean();
            AtomicInteger failed = new AtomicInteger();
            AtomicInteger accepted = new AtomicInteger();
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                while (!ended.get()) {
                    try {
                        (post(gateway.port()) == 200 ? accepted : failed).incrementAndGet();
                    } catch (Exception e) {
                        failed.incrementAndGet();
                    }
                }
            });
            certificate("second");
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> subject(gateway.port()).equals("CN=second")
                            && subject(gateway.operatorsPort()).equals("CN=second"));
            int before = accepted.get();
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> accepted.get() > before + 5);
            ended.set(true);
            sender.join();
            assertThat(failed).hasValue(0);
        }
    }

    /** Writes a new key and its certificate with the tool of the JDK, as PEM files. */
    private void certificate(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "gateway",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD.toCharArray());
        }
        pem("cert.pem", "CERTIFICATE", keys.getCertificate("gateway").getEncoded());
        pem(
                "key.pem",
                "PRIVATE KEY",
                keys.getKey("gateway", PASSWORD.toCharArray()).getEncoded());
    }

    private void pem(String file, String label, byte[] content) throws IOException {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                        .formatted(
                                label,
                                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                                        .encodeToString(content),
                                label));
    }

    /** A new connection each time, as a platform makes that does not keep them. */
    private static int post(int port) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(anyCertificate())
                .build();
        return client.send(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/callbacks"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"uuid\":\"tls\",\"status\":\"ring\"}"))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private static String subject(int port) throws Exception {
        try (SSLSocket socket = (SSLSocket) anyCertificate().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    /** Offers one protocol, and returns the one that is used. */
    private static String handshake(int port, String protocol) throws Exception {
        try (SSLSocket socket = (SSLSocket) anyCertificate().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    /** Offers one cipher suite of TLS 1.2, and returns the one that is used. */
    private static String suite(int port, String suite) throws Exception {
        try (SSLSocket socket = (SSLSocket) anyCertificate().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(new String[] {suite});
            socket.startHandshake();
            return socket.getSession().getCipherSuite();
        }
    }

    private static SSLContext anyCertificate() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
        return context;
    }

    private static final class TrustAll extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
