package io.callstream.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.cli.Callstream;
import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.schemas.testing.Contract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the packaged jar as a new user does. */
@Timeout(180)
class StandaloneIT {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private final int http = freePort();
    private final int operators = freePort();
    private final int kafka = freePort();
    private Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    @Test
    void itSaysWhereEverythingIsRefusesASecondOneAndKeepsItsRecords() throws Exception {
        Path said = start();
        assertThat(Files.readString(said))
                .contains("Callstream is ready.")
                .contains("http://127.0.0.1:" + http + "/callbacks/extension-status")
                .contains("http://127.0.0.1:" + http + "/callbacks/bill")
                .contains("127.0.0.1:" + kafka)
                .contains(folder.resolve("data").toString())
                .contains("curl ");
        assertThat(post("first")).isEqualTo(200);
        for (String kept : List.of("kafka", "journal")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(folder.resolve("data").resolve(kept))))
                    .as("only its owner reads its records")
                    .isEqualTo("rwx------");
        }

        Process first = process;
        try {
            Path second = launch("--callstream.standalone.kafka-port=" + freePort());
            assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(second))
                    .contains("is in use by another process. Stop that process, or choose another folder with"
                            + " --callstream.standalone.data-folder=");
        } finally {
            process.destroyForcibly().onExit().join();
            process = first;
        }
        assertThat(post("first")).isEqualTo(200);
        stop();

        start();
        assertThat(post("second")).isEqualTo(200);
        assertThat(keys(3)).containsExactlyInAnyOrder("first", "first", "second");
        stop();
        assertThat(Files.readString(said)).doesNotContain("ERROR").doesNotContain("\tat ");
    }

    /** The platform repeats callbacks, posts them out of order and loses some. */
    @Test
    @Tag("slow")
    void theTimelineIsRightAndACallIsShownAndErased() throws Exception {
        Path said = start(
                "--callstream.standalone.kafka-port=" + kafka,
                "--callstream.timeline.companies.2029=calls.timeline.acme");
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> health().contains("\"timeline\":{\"details\":{\"state\":\"RUNNING\""));
        String address = "http://127.0.0.1:" + http;
        String servers = "127.0.0.1:" + kafka;
        assertThat(Callstream.run(
                        "dial",
                        address,
                        "--kafka",
                        servers,
                        "--calls=300",
                        "--rate=max",
                        "--both-legs",
                        "--repeats=10",
                        "--disorder=10",
                        "--missing=5",
                        "--seed=3",
                        "--verify"))
                .isZero();
        assertThat(health()).contains("\"held\":0");
        List<ConsumerRecord<byte[], byte[]>> acme = records("calls.timeline.acme");
        assertThat(acme).isNotEmpty();
        assertThat(acme)
                .allSatisfy(record -> assertThat(new String(record.value(), StandardCharsets.UTF_8))
                        .contains("\"companyCode\":\"2029\""));
        assertThat(post("shown")).isEqualTo(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> Callstream.run("call", "shown", "--kafka", servers) == 0);
        assertThat(Callstream.run("erase", "shown", "--kafka", servers)).isZero();
        assertThat(Callstream.run("erase", "shown", "--kafka", servers, "--yes"))
                .isZero();
        assertThat(Callstream.run("erase", "shown", "--kafka", servers)).isEqualTo(1);
        stop();
        assertThat(Files.readString(said)).doesNotContain("ERROR").doesNotContain(" WARN ");
    }

    private String health() throws IOException, InterruptedException {
        return CLIENT.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + operators + "/actuator/health"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void onASignalItAnswersWhatItHasAccepted() throws Exception {
        Path said = start();
        AtomicInteger next = new AtomicInteger();
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicInteger broken = new AtomicInteger();
        CountDownLatch stopped = new CountDownLatch(8);
        ExecutorService senders = Executors.newFixedThreadPool(8);
        for (int i = 0; i < 8; i++) {
            senders.execute(() -> {
                try {
                    // Until the gateway stops listening.
                    while (post("load-" + next.getAndIncrement()) == 200) {
                        acknowledged.incrementAndGet();
                    }
                    broken.incrementAndGet();
                } catch (IOException | InterruptedException refused) {
                    // The gateway has stopped listening.
                } finally {
                    stopped.countDown();
                }
            });
        }
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> acknowledged.get() > 500);
        stop();
        assertThat(stopped.await(3, TimeUnit.MINUTES)).isTrue();
        senders.shutdownNow();
        assertThat(broken).as("answers other than 200").hasValue(0);
        assertThat(Files.readString(said))
                .doesNotContain("ERROR")
                .doesNotContain(" WARN ")
                .doesNotContain("\tat ");

        start();
        assertThat(keys(acknowledged.get())).hasSizeGreaterThanOrEqualTo(acknowledged.get());
        stop();
    }

    /**
     * An unreplicated Kafka often acknowledges a record before its fsync. Then there is no unpublished record to
     * report.
     */
    @Test
    @Tag("slow")
    void aLullIsNoTrouble() throws Exception {
        Path said = start();
        int lulls = 60;
        for (int lull = 0; lull < lulls; lull++) {
            for (int call = 0; call < 4; call++) {
                assertThat(post("lull-%d-%d".formatted(lull, call))).isEqualTo(200);
            }
            long began = System.nanoTime();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(1200));
            assertThat(metric("callstream_journal_records")).as("lull %d", lull).isZero();
            assertThat(metric("callstream_journal_oldest_age_seconds"))
                    .as("lull %d", lull)
                    .isZero();
            assertThat(metric("callstream_relay_connected")).as("lull %d", lull).isEqualTo(1);
        }
        stop();
        assertThat(Files.readString(said)).doesNotContain("WARN").doesNotContain("ERROR");
    }

    private double metric(String name) throws IOException, InterruptedException {
        return CLIENT.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + operators + "/actuator/prometheus"))
                                .build(),
                        BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + ' '))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void itPlaysCallsAtItself() throws Exception {
        Path said = launch("--callstream.standalone.kafka-port=" + kafka, "--callstream.standalone.calls=2");
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.readString(said).contains("0 calls out of order"));
        assertThat(Files.readString(said))
                .contains(" of 2 calls to ")
                .contains("  bill ")
                .contains(" 0 lost");
        stop();
    }

    @Test
    void aTakenPortIsOneSentence() throws Exception {
        try (ServerSocket other = new ServerSocket(kafka, 1, InetAddress.getLoopbackAddress())) {
            Path said = launch();
            assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(Files.readString(said))
                    .isEqualToIgnoringNewLines(
                            "Callstream did not start: Port %d is taken.".formatted(other.getLocalPort())
                                    + " Choose another for Kafka with --callstream.standalone.kafka-port=<port>.");
        }
    }

    private Path start(String... more) throws IOException {
        Path said = launch(more);
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> !process.isAlive() || Files.readString(said).contains("Ctrl-C stops it."));
        assertThat(process.isAlive()).as(Files.readString(said)).isTrue();
        return said;
    }

    private Path launch(String... more) throws IOException {
        Path said = Files.createTempFile(folder, "said", ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Each process lives only for seconds, so the second compiler costs more than it saves.
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("target", "callstream-standalone-exec.jar")
                        .toAbsolutePath()
                        .toString(),
                "--server.port=" + http,
                "--management.server.port=" + operators,
                "--callstream.standalone.data-folder=" + folder.resolve("data")));
        if (more.length == 0) {
            command.add("--callstream.standalone.kafka-port=" + kafka);
        } else {
            command.addAll(List.of(more));
        }
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        return said;
    }

    /** Sends SIGTERM and waits for the end of the process. */
    private void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("within 30 s").isTrue();
        assertThat(process.exitValue()).as("exit code after SIGTERM").isEqualTo(143);
    }

    private int post(String call) throws IOException, InterruptedException {
        return CLIENT.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/callbacks"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"uuid\":\"%s\",\"status\":\"ring\"}".formatted(call)))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    /** Waits for the records, because a 200 means a copy on disk and Kafka can receive the record a little later. */
    private List<String> keys(int atLeast) {
        return Awaitility.await().atMost(Duration.ofMinutes(3)).until(this::keys, keys -> keys.size() >= atLeast);
    }

    /** Returns the keys of all events, and checks each event against the contract. */
    private List<String> keys() {
        return records("calls.events").stream()
                .map(record -> {
                    assertThat(Contract.faults(record)).isEmpty();
                    return new String(record.key(), StandardCharsets.UTF_8);
                })
                .toList();
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + kafka,
                        "fetch.max.wait.ms",
                        50,
                        "isolation.level",
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    private static int freePort() {
        try {
            return EmbeddedKafka.freePort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
