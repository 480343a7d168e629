package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.testing.CallbackApi;
import io.callstream.gateway.testing.TestGateway;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tenant that fills the journal or the memory for bodies is refused at its share, and another tenant is not. */
@Tag("slow")
@Timeout(120)
class SharesIT {

    private static final String TENANTS = """
            callstream.security.tenants:
              greedy:
                secrets: { first: { value: greedy-secret-of-this-test } }
                journal-share: 60
                reception-share: 50
              modest:
                secrets: { first: { value: modest-secret-of-this-test } }
            """;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private TestGateway gateway;

    /** Kafka is away, so the journal only fills. */
    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(
                "127.0.0.1:1",
                "callstream.security.tenants-file=" + Files.writeString(folder.resolve("tenants.yaml"), TENANTS),
                "callstream.journal.folder=" + folder.resolve("journal"),
                "callstream.journal.max-size=8MB",
                "callstream.ingress.max-reception-size=2MB");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<String> post(String tenant, int length) throws Exception {
        HttpResponse<String> answer = CLIENT.send(
                HttpRequest.newBuilder(
                                URI.create(gateway.url("/keys/%s-secret-of-this-test/callbacks".formatted(tenant))))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(
                                "{\"uuid\":\"c\",\"status\":\"ring\",\"x\":\"%s\"}".formatted("x".repeat(length))))
                        .build(),
                BodyHandlers.ofString());
        CallbackApi.check(answer.statusCode(), answer.headers().map(), answer.body());
        return answer;
    }

    @Test
    void aFullShareOfTheJournalLeavesRoomForOthers() throws Exception {
        HttpResponse<String> answer;
        int stored = 0;
        long began = System.nanoTime();
        while ((answer = post("greedy", 60_000)).statusCode() == 200) {
            stored++;
        }
        double perSecond = stored / ((System.nanoTime() - began) / 1e9);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("has used its share of it");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        // 60 per cent of 8 MB. What it stores in a nearly empty journal does not count, and the journal's size is
        // looked
        // at ten times a second.
        long share = (8L << 20) * 60 / 100;
        long most = share + (8L << 20) / 16 + 60_000L * (2 + (long) (perSecond / 10));
        assertThat(stored * 60_000L).isBetween(share - 500_000, most);
        assertThat(gateway.metric("callstream_tenant_above_share_total{of=\"journal\",tenant=\"greedy\"}"))
                .isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            assertThat(post("modest", 60_000).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aFullShareOfTheMemoryForBodiesLeavesRoomForOthers() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            byte[] half = new byte[50_000];
            String head = ("POST /keys/greedy-secret-of-this-test/callbacks HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n");
            URI address = URI.create(gateway.url("/"));
            String of = "callstream_tenant_above_share_total{of=\"reception\",tenant=\"greedy\"}";
            for (int i = 0; i < 60; i++) {
                Socket socket = new Socket(address.getHost(), address.getPort());
                open.add(socket);
                OutputStream out = socket.getOutputStream();
                out.write(head.getBytes(StandardCharsets.US_ASCII));
                out.write(half);
                out.flush();
            }
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> gateway.metric(of) > 0);
            assertThat(post("modest", 60_000).statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> post("greedy", 60_000).statusCode() == 200);
    }
}
