package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.CallbackApi;
import io.callstream.gateway.testing.RawHttp;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import io.callstream.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several companies at one gateway: what each may post, what each is answered, and how their secrets change. */
@Timeout(180)
class TenantsIT {

    private static final String ACME = "acme-secret-of-this-test";
    private static final String GLOBEX = "globex-secret-of-this-test";

    private static final String TENANTS = """
            callstream.security.tenants:
              acme:
                secrets: { first: { value: %s } }
                company-codes: [a-1]
                reply: '{"code":0}'
                reply-headers: { Content-Type: application/json }
                zone: "+01:00"
                max-quarantine-records: 2
              globex:
                secrets: { first: { value: %s } }
                networks: [203.0.113.0/24]
              rotating:
                secrets: { first: { value: secret-of-today-of-this-test } }
              slow:
                secrets: { first: { value: slow-secret-of-this-test } }
                max-rate: 1
                above-rate: refuse
              discreet:
                secrets: { first: { value: discreet-secret-of-this-test } }
                privacy: { numbers: mask, quarantine: mask }
              reported:
                secrets: { first: { value: reported-secret-of-this-test } }
                max-rate: 1
            """.formatted(ACME, GLOBEX);

    private static final int CONNECTIONS = 64;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    static Path folder;

    private static Path file;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        file = Files.writeString(folder.resolve("tenants.yaml"), TENANTS);
        gateway = TestGateway.start(
                TestBroker.bootstrapServers(),
                "callstream.security.tenants-file=" + file,
                "callstream.security.trusted-proxies=127.0.0.1",
                "callstream.ingress.max-connections=" + CONNECTIONS);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpRequest.Builder request(String url, String body) {
        return HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    /** Sends a request and checks that OpenAPI describes the answer. */
    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
        CallbackApi.check(answer.statusCode(), answer.headers().map(), answer.body());
        return answer;
    }

    private static HttpResponse<String> post(String secret, String body) throws Exception {
        return send(request(gateway.url("/keys/" + secret + "/callbacks"), body));
    }

    private static HttpResponse<String> postBasic(String pair, String body, String... headers) throws Exception {
        HttpRequest.Builder request = request(gateway.url("/callbacks"), body)
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    private static String ring(String call, String company) {
        return "{\"uuid\":\"%s\",\"status\":\"ring\",\"companycode\":\"%s\"}".formatted(call, company);
    }

    @Test
    void eachTenantIsAnsweredAsItIsAgreed() throws Exception {
        String call = UUID.randomUUID().toString();
        for (HttpResponse<String> answer :
                List.of(post(ACME, ring(call, "a-1")), postBasic("acme:" + ACME, ring(call, "a-1")))) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"code\":0}");
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        }
        post(ACME, "{\"uuid\":\"%s\",\"callmethod\":5,\"starttime\":\"2026-01-01 10:00:00\"}".formatted(call));
        try (Topic events = new Topic(TestBroker.bootstrapServers(), Topics.EVENTS)) {
            assertThat(Topic.value(events.await(3, record -> call.equals(Topic.key(record)))
                            .get(2)))
                    .contains("\"callStartedAt\":\"2026-01-01T09:00:00Z\"");
        }
        // The proxy at 127.0.0.1 is trusted, so the sender's own address decides.
        assertThat(postBasic("globex:" + GLOBEX, ring(call, "x"), "X-Forwarded-For", "203.0.113.9")
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.metric("callstream_secret_last_used_seconds{secret=\"first\",tenant=\"globex\"}"))
                .isPositive();
    }

    @Test
    void aDiscreetTenantsNumbersAreNowhere() throws Exception {
        String call = UUID.randomUUID().toString();
        String number = "13800138000";
        String ring = "{\"uuid\":\"%s\",\"status\":\"ring\",\"callee\":\"%s\"".formatted(call, number);
        assertThat(post("discreet-secret-of-this-test", ring + "}").statusCode())
                .isEqualTo(200);
        HttpResponse<String> broken = post("discreet-secret-of-this-test", ring + "]");
        assertThat(broken.statusCode()).isEqualTo(400);
        try (Topic events = new Topic(TestBroker.bootstrapServers(), Topics.EVENTS);
                Topic quarantine = new Topic(TestBroker.bootstrapServers(), Topics.QUARANTINE)) {
            ConsumerRecord<byte[], byte[]> event =
                    events.await(1, record -> call.equals(Topic.key(record))).get(0);
            assertThat(Topic.value(event))
                    .contains("\"callee\":\"*******8000\"", "\"vendor\":{}")
                    .doesNotContain(number);
            assertThat(Topic.headers(event)).containsEntry("callstream-tenant", "discreet");
            ConsumerRecord<byte[], byte[]> kept = quarantine
                    .await(1, record -> "discreet".equals(Topic.headers(record).get("callstream-tenant")))
                    .get(0);
            assertThat(Topic.value(kept)).contains("\"callee\":\"###########\"");
            assertThat(Topic.headers(kept)).containsEntry("callstream-masked", "true");
        }
    }

    @Test
    void everyWrongCredentialIsAnsweredTheSame() throws Exception {
        String body = ring("nobody", "a-1");
        Set<String> answers = Stream.of(
                        post("not-a-secret-of-this-test", body),
                        postBasic("acme:" + GLOBEX, body),
                        postBasic("globex:" + GLOBEX, body, "X-Forwarded-For", "198.51.100.1"),
                        postBasic("nobody:nothing", body),
                        send(request(gateway.url("/callbacks"), body)))
                .map(answer -> {
                    Map<String, List<String>> headers = answer.headers().map();
                    return answer.statusCode() + " " + headers + " " + answer.body();
                })
                .collect(Collectors.toSet());
        assertThat(answers).singleElement().asString().startsWith("401 ").contains("Basic realm");
        assertThat(answers.toString()).doesNotContain("secret-of-this-test");
    }

    @Test
    void aGuesserIsSlowedAndTheRightSecretIsNot() throws Exception {
        String[] guesser = {"X-Forwarded-For", "198.51.100.66"};
        for (int i = 0; i < 10; i++) {
            assertThat(postBasic("acme:guess-" + i, "{}", guesser).statusCode()).isEqualTo(401);
        }
        long asked = System.nanoTime();
        HttpResponse<String> slowed = postBasic("acme:guess-10", "{}", guesser);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThanOrEqualTo(Duration.ofMillis(900));
        assertThat(slowed.statusCode()).isEqualTo(429);
        assertThat(slowed.headers().firstValue("retry-after")).hasValue("60");
        assertThat(slowed.headers().firstValue("connection")).hasValue("close");
        assertThat(postBasic("acme:" + ACME, ring("right", "a-1"), guesser).statusCode())
                .isEqualTo(200);
    }

    @Test
    void guessersThatWaitForTheirAnswersKeepNobodyOut() throws Exception {
        String wrong = "POST /keys/guess/callbacks HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.67\r\n"
                + "Content-Length: 0\r\n\r\n";
        for (int i = 0; i < 10; i++) {
            assertThat(RawHttp.send(gateway.port(), wrong).statuses()).containsExactly(401);
        }
        String body = ring(UUID.randomUUID().toString(), "a-1");
        String right =
                "POST /keys/%s/callbacks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".formatted(ACME)
                        + "Content-Length: %d\r\n\r\n%s".formatted(body.length(), body);
        String refused = "callstream_requests_refused_total{status=\"429\"}";
        double before = gateway.metric(refused);
        List<RawHttp> guessers = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * CONNECTIONS; i++) {
                RawHttp guesser = new RawHttp(gateway.port());
                guessers.add(guesser);
                guesser.write(wrong);
            }
            Awaitility.await().until(() -> gateway.metric(refused) >= before + CONNECTIONS);
            assertThat(RawHttp.send(gateway.port(), right).statuses()).containsExactly(200);
        } finally {
            guessers.forEach(RawHttp::close);
        }
    }

    @Test
    void anotherCompanysCallbackIsRefusedAndKeptUnderTheCredentialsTenant() throws Exception {
        String call = UUID.randomUUID().toString();
        HttpResponse<String> answer = post(ACME, ring(call, "b-2"));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("other-company", "quarantineId");
        try (Topic quarantine = new Topic(TestBroker.bootstrapServers(), Topics.QUARANTINE)) {
            assertThat(Topic.headers(quarantine
                            .await(1, record -> Topic.value(record).contains(call))
                            .get(0)))
                    .containsEntry("callstream-tenant", "acme")
                    .containsEntry("callstream-reason", "other-company");
        }
        // The quota of this test is two records a day.
        assertThat(post(ACME, "{second").body()).contains("quarantineId");
        HttpResponse<String> third = post(ACME, "{third");
        assertThat(third.statusCode()).isEqualTo(400);
        assertThat(third.body()).contains("It is not kept").doesNotContain("quarantineId");
        HttpResponse<String> mixed = post(ACME, "[%s,{\"x\":1}]".formatted(ring(call, "a-1")));
        assertThat(mixed.statusCode()).isEqualTo(400);
        assertThat(mixed.body()).contains("the others are published").doesNotContain("quarantineId");
        try (Topic events = new Topic(TestBroker.bootstrapServers(), Topics.EVENTS)) {
            assertThat(events.await(1, record -> call.equals(Topic.key(record))))
                    .hasSize(1);
        }
        assertThat(gateway.metric("callstream_tenant_unquarantined_total{tenant=\"acme\"}"))
                .isEqualTo(2);
    }

    @Test
    void aRateIsReportedOrRefusedAsTheTenantChose() throws Exception {
        int refused = 0;
        for (int i = 0; i < 3; i++) {
            refused += post("slow-secret-of-this-test", ring("slow", "s")).statusCode() == 429 ? 1 : 0;
            assertThat(post("reported-secret-of-this-test", ring("slow", "s")).statusCode())
                    .isEqualTo(200);
        }
        assertThat(refused).isPositive();
        assertThat(gateway.metric("callstream_tenant_above_rate_total{tenant=\"slow\"}"))
                .isEqualTo(refused);
        assertThat(gateway.metric("callstream_tenant_above_rate_total{tenant=\"reported\"}"))
                .isPositive();
    }

    @Test
    void aSecretIsRotatedUnderLoad() throws Exception {
        String today = "secret-of-today-of-this-test";
        String next = "secret-of-tomorrow-of-this-test";
        AtomicBoolean changed = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger others = new AtomicInteger();
        AtomicInteger posted = new AtomicInteger();
        CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
            while (!ended.get() && others.get() == 0) {
                try {
                    HttpResponse<String> answer = post(changed.get() ? next : today, ring("rotated", "r"));
                    others.addAndGet(answer.statusCode() == 200 ? 0 : 1);
                    posted.incrementAndGet();
                } catch (Exception | AssertionError e) {
                    others.incrementAndGet();
                }
            }
        });
        replace(TENANTS.replace(
                "first: { value: %s }".formatted(today),
                "first: { value: %s }, second: { value: %s }".formatted(today, next)));
        awaitMetric("callstream_secret_last_used_seconds{secret=\"second\",tenant=\"rotating\"} 0.0");
        changed.set(true);
        int before = posted.get();
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> posted.get() > before + 10 || others.get() > 0);
        replace(TENANTS.replace(today, next));
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> post(today, ring("rotated", "r")).statusCode() != 200);
        ended.set(true);
        sender.join();
        assertThat(others).as("callbacks that failed").hasValue(0);

        replace("nonsense: [");
        awaitMetric("callstream_tenants_file_valid 0.0");
        assertThat(post(next, ring("rotated", "r")).statusCode())
                .as("the last good file stays")
                .isEqualTo(200);
    }

    /** As an editor or Kubernetes does, in one step. */
    private static void replace(String content) throws IOException {
        Path other = Files.writeString(folder.resolve("tenants.new"), content);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void awaitMetric(String line) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> TestGateway.get(gateway.operatorsUrl("/actuator/prometheus"))
                        .body()
                        .contains(line));
    }
}
