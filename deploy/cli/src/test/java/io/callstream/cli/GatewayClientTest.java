package io.callstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callstream.dialler.GatewayAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class GatewayClientTest {

    /** More bytes than the sockets buffer if the client does not read. */
    private static final long SOCKET_BUFFERS = 64L << 20;

    private static final String HEAD = "HTTP/1.1 200 OK\r\n";

    /** Answers the first request on a free port: sends one part once, and repeats another part for ever. */
    private static final class Server implements AutoCloseable {

        private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final AtomicLong sent = new AtomicLong();
        private final CompletableFuture<Socket> client = new CompletableFuture<>();
        private final Thread thread;

        Server(String once, String forEver) throws IOException {
            thread = new Thread(() -> serve(once, forEver), "server");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve(String once, String forEver) {
            try (Socket accepted = socket.accept()) {
                client.complete(accepted);
                assertThat(accepted.getInputStream().read()).isNotNegative();
                OutputStream answer = accepted.getOutputStream();
                answer.write(once.getBytes(StandardCharsets.UTF_8));
                byte[] more = forEver.repeat(1024).getBytes(StandardCharsets.UTF_8);
                while (more.length > 0) {
                    answer.write(more);
                    sent.addAndGet(more.length);
                }
                // Until the client closes the connection.
                accepted.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The client has closed the connection.
            }
        }

        GatewayClient.Reply post() {
            return post(Duration.ofSeconds(10));
        }

        GatewayClient.Reply post(Duration patience) {
            GatewayAddress address =
                    GatewayAddress.of("http://127.0.0.1:" + socket.getLocalPort() + "/keys/s3cret", null);
            return new GatewayClient(address, patience)
                    .post(address.bill(), Map.of("Content-Type", "a/b"), new byte[] {'x'});
        }

        @Override
        public void close() throws IOException {
            socket.close();
            client.join().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "Content-Length: 9000000000000\r\n\r\n"})
    void anEndlessBodyIsCutAndTheConnectionClosed(String rest) throws Exception {
        try (Server server = new Server(HEAD + rest, "0123456789")) {
            GatewayClient.Reply reply = server.post();
            assertThat(reply.detail())
                    .startsWith("0123456789")
                    .endsWith("(The answer is cut here: it is longer than 16384 bytes.)")
                    .hasSizeLessThan(17_000);
            server.thread.join(TimeUnit.SECONDS.toMillis(10));
            assertThat(server.thread.isAlive()).isFalse();
            assertThat(server.sent).hasValueLessThan(SOCKET_BUFFERS);
        }
    }

    @Test
    void anEndlessChunkedBodyIsCut() throws Exception {
        try (Server server = new Server(HEAD + "Transfer-Encoding: chunked\r\n\r\n", "4\r\nabcd\r\n")) {
            assertThat(server.post().detail()).startsWith("abcdabcd").contains("The answer is cut here");
        }
    }

    @ParameterizedTest
    @CsvSource({"'HTTP/1.1 200 ', x", "'HTTP/1.1 200 OK\r\nName: ', x", "'HTTP/1.1 200 OK\r\n', 'Name: x\r\n'"})
    void anEndlessHeadIsRefused(String once, String forEver) throws Exception {
        try (Server server = new Server(once, forEver)) {
            assertThatThrownBy(server::post)
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("Header size too big: 65537 > 65536");
            assertThat(server.sent).hasValueLessThan(SOCKET_BUFFERS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", HEAD + "Content-Length: 9\r\n\r\nabc"})
    void anAnswerThatDoesNotEndIsGivenUp(String beginning) throws Exception {
        try (Server server = new Server(beginning, "")) {
            assertThatThrownBy(() -> server.post(Duration.ofMillis(100)))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("Timeout");
            server.thread.join(TimeUnit.SECONDS.toMillis(10));
            assertThat(server.thread.isAlive()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsNotFollowedAndItsSecretNotQuoted(int status) throws Exception {
        try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Server server = new Server(
                        "HTTP/1.1 %d Moved\r\nLocation: http://127.0.0.1:%d/keys/s3cret/callbacks?u=%%2Fkeys%%2Fs3cret\r\nContent-Length: 0\r\n\r\n"
                                .formatted(status, elsewhere.getLocalPort()),
                        "")) {
            GatewayClient.Reply reply = server.post();
            assertThat(reply.isRedirect()).isTrue();
            assertThat(reply.detail())
                    .isEqualTo(
                            "The address redirects to http://127.0.0.1:%d/keys/…/callbacks?u=%%2Fkeys%%2F…. The platform follows a redirect with GET and the callback is lost. Enter the final address."
                                    .formatted(elsewhere.getLocalPort()));
            elsewhere.setSoTimeout(1);
            assertThatThrownBy(elsewhere::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Retry-After: 7,                             7",
        "Retry-After: 0,                             1",
        "Retry-After: -5,                            1",
        "Retry-After: 99999999999999999999,          1",
        "Retry-After: 86400,                        60",
        "'Retry-After: Wed, 21 Oct 2026 07:28 GMT',  1",
        "X: y,                                       1"
    })
    void theWaitIsWithinReason(String header, long seconds) throws Exception {
        try (Server server = new Server("HTTP/1.1 503 No\r\nContent-Length: 0\r\n" + header + "\r\n\r\n", "")) {
            assertThat(server.post().retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
        }
    }
}
