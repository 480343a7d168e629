package io.callstream.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.gateway.GatewayApplication;
import io.callstream.timeline.streams.TimelineConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The console of a real gateway with a timeline and a Kafka. `.ci/console` uses it in a browser. */
@Timeout(180)
class ConsoleIT {

    private static final int MOST_CALLS = 1000;

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static ConfigurableApplicationContext gateway;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        kafka = EmbeddedKafka.start(
                folder.resolve("kafka"),
                EmbeddedKafka.freePort(),
                reason -> System.err.println("Kafka died: " + reason));
        SpringApplication application = new SpringApplication(
                GatewayApplication.class, TimelineConfiguration.class, ConsoleConfiguration.class);
        gateway = application.run(
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--management.server.port=0",
                "--callstream.ingress.drain-timeout=0s",
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--callstream.journal.folder=" + folder.resolve("journal"),
                "--callstream.timeline.folder=" + folder.resolve("timeline"),
                "--callstream.console.calls=" + MOST_CALLS,
                "--callstream.console.hosts=console.example",
                "--callstream.console.pages=3");
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> post("{\"uuid\":\"first\",\"status\":\"ring\"}") == 200);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        kafka.close();
    }

    private static int post(String json) throws IOException, InterruptedException {
        return CLIENT.send(
                        HttpRequest.newBuilder(uri("local.server.port", "/callbacks"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(json))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private static URI uri(String port, String path) {
        return URI.create("http://127.0.0.1:" + gateway.getEnvironment().getProperty(port) + path);
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(uri("local.management.port", "/console/" + path))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String awaited(String path, String content) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> get(path).body(), page -> page.contains(content));
    }

    private static String form(String page, String path, String fields) throws IOException, InterruptedException {
        Matcher token = Pattern.compile("X-Callstream-Token&quot;:&quot;(\\w+)").matcher(page);
        assertThat(token.find()).isTrue();
        return CLIENT.send(
                        HttpRequest.newBuilder(uri("local.management.port", "/console/" + path))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .header("X-Callstream-Token", token.group(1))
                                .POST(BodyPublishers.ofString(fields))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void aCallIsListedFoundAndToldAndItsNumberIsShownOnDemand() throws Exception {
        // Not the first call: the index forgets the oldest ones while other tests post.
        assertThat(post("{\"uuid\":\"told\",\"status\":\"ring\",\"callee\":\"5550123\"}"))
                .isEqualTo(200);
        awaited("calls?q=told", ">told<");
        assertThat(get("calls?q=5550123").body()).contains(">told<", "••••123");
        String page = awaited("call?id=told", "<circle");
        assertThat(page).contains("nothing is missing", "leg ").doesNotContain("5550123");
        assertThat(form(page, "call/records", "id=told")).contains("5550123", "calls.timeline, partition");
        assertThat(get("call?id=nobody").body()).contains("callstream call &#x27;nobody&#x27;");
    }

    @Test
    void theIndexHoldsNoMoreCallsThanItMay() throws Exception {
        for (int i = 0; i < MOST_CALLS / 50 + 2; i++) {
            List<String> calls = new ArrayList<>();
            for (int j = 0; j < 50; j++) {
                calls.add("{\"uuid\":\"many-%d-%d\",\"status\":\"ring\"}".formatted(i, j));
            }
            assertThat(post("[" + String.join(",", calls) + "]")).isEqualTo(200);
        }
        awaited("calls", "1,000 calls are known");
        awaited("calls?q=many-" + (MOST_CALLS / 50 + 1) + "-49", "many-" + (MOST_CALLS / 50 + 1) + "-49<");
        assertThat(open("callstream.console.calls")).isEqualTo(MOST_CALLS);
    }

    private static double open(String gauge) {
        return gateway.getBean(MeterRegistry.class).get(gauge).gauge().value();
    }

    @Test
    void pagesFollowTheCallsUntilTheyAreLeftAndNoMoreThanMay() throws Exception {
        List<InputStream> streams = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            HttpResponse<InputStream> stream = CLIENT.send(
                    HttpRequest.newBuilder(uri("local.management.port", "/console/calls/stream"))
                            .build(),
                    BodyHandlers.ofInputStream());
            assertThat(stream.statusCode()).isEqualTo(200);
            assertThat(stream.body().read()).isPositive();
            streams.add(stream.body());
        }
        assertThat(open("callstream.console.pages")).isEqualTo(3);
        assertThat(get("calls/stream").statusCode()).isEqualTo(503);
        for (InputStream stream : streams) {
            stream.close();
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> open("callstream.console.pages") == 0);
    }

    @Test
    void aRefusedCallbackIsExplainedAndOnlyShownIfActionsAreOff() throws Exception {
        assertThat(post("{\"uuid\":\"broken\",\"callee\":\"5550199\"")).isEqualTo(400);
        String list = awaited("quarantine", "not-json");
        Matcher link = Pattern.compile("quarantine/record\\?partition=(\\d+)&amp;offset=(\\d+)")
                .matcher(list);
        assertThat(link.find()).isTrue();
        String page = get("quarantine/record?partition=" + link.group(1) + "&offset=" + link.group(2))
                .body();
        assertThat(page).contains("Not JSON at line 1").doesNotContain("5550199");
        String fields = "partition=" + link.group(1) + "&offset=" + link.group(2);
        assertThat(form(page, "quarantine/request", fields)).contains("5550199", "only shows");
        assertThat(form(page, "quarantine/send", fields + "&edited=no")).contains("only shows");
        assertThat(form(page, "try/check", "address=127.0.0.1")).contains("only shows");
        assertThat(form(page, "try/play", "")).contains("callstream.console.campaigns");
    }

    @Test
    void theGatewaysFiguresAreThere() {
        awaited("gateway", "A 2xx rests on");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("gateway/figures.json").body(), figures -> figures.matches("\\{\"at\":\\[\\d.*"));
    }

    @Test
    void theCallbacksPortHasNoConsole() throws Exception {
        assertThat(CLIENT.send(
                                HttpRequest.newBuilder(uri("local.server.port", "/console/calls"))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"console.example, 200", "127.0.0.1, 200", "evil.example, 403"})
    void aBrowserReachesItByAKnownNameOnly(String host, int status) throws IOException {
        int port = uri("local.management.port", "/").getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("GET /console/assets/console.css HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(host)
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 " + status);
        }
    }
}
