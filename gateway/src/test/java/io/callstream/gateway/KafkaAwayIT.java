package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kafka is absent, is stopped, or rejects a single record. The gateway keeps running and recovers without help. */
@Timeout(180)
class KafkaAwayIT {

    private final Path folder = TestBroker.folder("away");
    private final int port = TestBroker.freePort();
    private final String servers = "127.0.0.1:" + port;

    @Test
    void whatWasTakenWithoutKafkaGoesOutInOrderOnceItIsThere() throws Exception {
        try (TestGateway gateway = TestGateway.start(servers, "callstream.journal.form=memory")) {
            assertThat(status(gateway, "/actuator/health/readiness")).isEqualTo(503);
            assertThat(status(gateway, "/actuator/health/liveness")).isEqualTo(200);
            for (int i = 0; i < 5; i++) {
                long sent = System.nanoTime();
                HttpResponse<String> response = post(gateway, callback("early", i, ""));
                assertThat(response.statusCode()).isEqualTo(503);
                assertThat(response.headers().firstValueAsLong("retry-after")).hasValue(1);
                assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
                assertThat(Duration.ofNanos(System.nanoTime() - sent)).isGreaterThan(Duration.ofMillis(400));
            }

            try (EmbeddedKafka kafka = TestBroker.start(folder, port)) {
                assertThat(seen(kafka, "early", 5)).containsExactly(0, 1, 2, 3, 4);
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> status(gateway, "/actuator/health/readiness") == 200);
                assertThat(post(gateway, callback("early", 5, "")).statusCode()).isEqualTo(200);
                assertThat(seen(kafka, "early", 6)).containsExactly(0, 1, 2, 3, 4, 5);
            }
            // Kafka was shut down cleanly and nothing is in flight, so only the next callback meets the failure.
            assertThat(post(gateway, callback("early", 6, "")).statusCode()).isEqualTo(503);
            assertThat(status(gateway, "/actuator/health/readiness")).isEqualTo(503);
            try (EmbeddedKafka kafka = TestBroker.start(folder, port)) {
                assertThat(seen(kafka, "early", 7)).containsExactly(0, 1, 2, 3, 4, 5, 6);
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> gateway.bean(Journal.class).backlog().records() == 0);
            }
        }
    }

    /** While the client does not know the topic, a send blocks, on a thread that no other work needs. */
    @Test
    void theVeryFirstCallbackIsTakenAlthoughKafkaHasGone() throws Exception {
        EmbeddedKafka first = TestBroker.start(folder, port);
        try (TestGateway gateway = TestGateway.start(servers)) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> gateway.metric("callstream_relay_connected") == 1);
            first.close();
            for (int i = 0; i < 5; i++) {
                assertThat(post(gateway, callback("first", i, "")).statusCode()).isEqualTo(200);
            }
            try (EmbeddedKafka kafka = TestBroker.start(folder, port)) {
                assertThat(seen(kafka, "first", 5)).containsExactly(0, 1, 2, 3, 4);
            }
        }
    }

    @Test
    void aFullJournalRefusesAtOnceAndKeepsWhatItHas() throws Exception {
        try (TestGateway gateway = TestGateway.start(
                servers,
                "callstream.journal.form=memory",
                "callstream.journal.max-size=8MB",
                "callstream.journal.answer-within=20ms")) {
            String filler = "x".repeat(60_000);
            int taken = 0;
            HttpResponse<String> response;
            while ((response = post(gateway, callback("full", taken, filler)))
                    .body()
                    .contains("may still be published")) {
                taken++;
            }
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).contains("The journal is full");
            assertThat(taken).isBetween(100, 140);

            try (EmbeddedKafka kafka = TestBroker.start(folder, port)) {
                assertThat(seen(kafka, "full", taken))
                        .isEqualTo(IntStream.range(0, taken).boxed().toList());
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> post(gateway, callback("full", 99, "")).statusCode() == 200);
            }
        }
    }

    @Test
    void anEventThatItsTopicDoesNotTakeIsRefusedAndKeptAsItCame() throws Exception {
        try (EmbeddedKafka kafka = TestBroker.start(folder, port)) {
            create(Map.of("max.message.bytes", "20000"));
            try (TestGateway gateway = TestGateway.start(kafka.bootstrapServers())) {
                awaitLimit(gateway, 20_000);
                String large = callback("large", 0, "x".repeat(30_000));
                HttpResponse<String> response = post(gateway, large);
                assertThat(response.statusCode()).isEqualTo(400);
                assertThat(response.body())
                        .contains("\"too-large\"")
                        .contains("topic calls.events takes records of 20,000: send a smaller one");
                assertThat(post(gateway, callback("large", 1, "")).statusCode()).isEqualTo(200);
                assertThat(seen(kafka, "large", 1)).containsExactly(1);
                // The answer came when the record was on disk. Kafka may not have it yet.
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> gateway.bean(Journal.class).backlog().records() == 0);
                assertThat(quarantined())
                        .singleElement()
                        .satisfies(record -> assertThat(Topic.value(record)).isEqualTo(large));
            }
        }
    }

    /**
     * Records that were accepted before their topic's limit was lowered are quarantined at full speed. The others stay
     * in order.
     */
    @Test
    void recordsThatTheTopicNoLongerTakesGoToQuarantineWithoutARestartEach() throws Exception {
        try (EmbeddedKafka kafka = TestBroker.start(folder, port)) {
            create(Map.of());
            try (TestGateway gateway = TestGateway.start(kafka.bootstrapServers())) {
                // The gateway assumes the same limit before it has checked the topics, so wait for that first.
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> gateway.metric("callstream_relay_connected") == 1);
                awaitLimit(gateway, 1_048_588);
                try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                    admin.incrementalAlterConfigs(Map.of(
                                    new ConfigResource(ConfigResource.Type.TOPIC, "calls.events"),
                                    List.of(new AlterConfigOp(
                                            new ConfigEntry("max.message.bytes", "20000"), AlterConfigOp.OpType.SET))))
                            .all()
                            .get();
                }
                int callbacks = 300;
                List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, callbacks)
                        .mapToObj(i -> gateway.postAsync(
                                "/callbacks",
                                "application/json",
                                callback("poison", i, i % 3 == 0 ? "x".repeat(30_000) : "")))
                        .toList();
                // Rejected as too large when the limit is known, or shed while this JVM is still cold.
                long refused = answers.stream()
                        .map(CompletableFuture::join)
                        .filter(answer -> answer.statusCode() != 200)
                        .count();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> gateway.bean(Journal.class).backlog().records() == 0);
                List<Integer> published =
                        seen(kafka, "poison", 200).stream().distinct().toList();
                assertThat(published.stream().filter(i -> i % 3 > 0)).hasSize(200);
                // The broker accepts records over the new limit until it has applied the topic's setting.
                long early = published.stream().filter(i -> i % 3 == 0).count();
                assertThat(quarantined().stream()
                                .map(record -> Topic.headers(record).get("callstream-reason"))
                                .filter("refused-by-kafka"::equals))
                        .hasSizeGreaterThanOrEqualTo((int) (100 - refused - early));
                assertThat(quarantined())
                        .anySatisfy(record -> assertThat(Topic.headers(record))
                                .containsEntry("callstream-reason", "refused-by-kafka")
                                .containsKeys(
                                        "callstream-explanation",
                                        "callstream-quarantine-id",
                                        "callstream-received-at"));
                assertThat(gateway.metric("callstream_relay_restarts_total")).isBetween(1.0, 3.0);
                // One callback at a time, so that the order is known.
                awaitLimit(gateway, 20_000);
                for (int i = 100; i < 106; i++) {
                    post(gateway, callback("turn", i, i % 2 == 0 ? "" : "x".repeat(30_000)));
                }
                assertThat(seen(kafka, "turn", 3)).containsExactly(100, 102, 104);
            }
        }
    }

    /**
     * Records that were published before the deletion are lost, as the topic's owner intended. Later callbacks are
     * published.
     */
    @Test
    @Tag("slow")
    void aTopicThatIsDeletedIsCreatedAgain() throws Exception {
        try (EmbeddedKafka kafka = TestBroker.start(folder, port);
                TestGateway gateway = TestGateway.start(kafka.bootstrapServers())) {
            assertThat(post(gateway, callback("before", 0, "")).statusCode()).isEqualTo(200);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> gateway.bean(Journal.class).backlog().records() == 0);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                admin.deleteTopics(List.of("calls.events")).all().get();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> {
                            assertThat(post(gateway, callback("after", 1, "")).statusCode())
                                    .isEqualTo(200);
                            return admin.listTopics().names().get().contains("calls.events");
                        });
            }
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> gateway.bean(Journal.class).backlog().records() == 0);
            assertThat(post(gateway, callback("later", 2, "")).statusCode()).isEqualTo(200);
            assertThat(seen(kafka, "later", 1)).containsExactly(2);
        }
    }

    private void create(Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic("calls.events", 1, (short) 1).configs(settings)))
                    .all()
                    .get();
        }
    }

    private static void awaitLimit(TestGateway gateway, int bytes) {
        Journal journal = gateway.bean(Journal.class);
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> journal.destination().largestRecords().getOrDefault("calls.events", 0) == bytes);
    }

    private static List<Integer> seen(EmbeddedKafka kafka, String call, int count) {
        try (Topic events = new Topic(kafka.bootstrapServers(), "calls.events")) {
            return events.await(count, record -> call.equals(Topic.key(record))).stream()
                    .map(record ->
                            Pairs.JSON.readTree(record.value()).at("/vendor/n").asInt())
                    .toList();
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> quarantined() {
        try (Topic quarantine = new Topic(servers, "calls.quarantine")) {
            return quarantine.read();
        }
    }

    private static String callback(String call, int n, String filler) {
        return "{\"uuid\":\"%s\",\"status\":\"ring\",\"n\":%d,\"x\":\"%s\"}".formatted(call, n, filler);
    }

    private static HttpResponse<String> post(TestGateway gateway, String callback) {
        return gateway.post("/callbacks", "application/json", callback);
    }

    private static int status(TestGateway gateway, String path) throws Exception {
        return TestGateway.get(gateway.operatorsUrl(path)).statusCode();
    }
}
