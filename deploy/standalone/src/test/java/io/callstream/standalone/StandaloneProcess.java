package io.callstream.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.schemas.testing.Contract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar in a process, as a new user starts it, with a folder and ports of its own. */
@Timeout(180)
abstract class StandaloneProcess {

    static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    final int http = freePort();
    final int operators = freePort();
    final int kafka = freePort();
    Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    final String health() throws IOException, InterruptedException {
        return CLIENT.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + operators + "/actuator/health"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    final double metric(String name) throws IOException, InterruptedException {
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

    final Path start(String... more) throws IOException {
        Path said = launch(more);
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> !process.isAlive() || Files.readString(said).contains("Ctrl-C stops it."));
        assertThat(process.isAlive()).as(Files.readString(said)).isTrue();
        return said;
    }

    final Path launch(String... more) throws IOException {
        Path said = Files.createTempFile(folder, "said", ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Each process lives only for seconds, so the second compiler costs more than it saves.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
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
    final void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("within 30 s").isTrue();
        assertThat(process.exitValue()).as("exit code after SIGTERM").isEqualTo(143);
    }

    final int post(String call) throws IOException, InterruptedException {
        return CLIENT.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/callbacks"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"uuid\":\"%s\",\"status\":\"ring\"}".formatted(call)))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    /** Waits for the records, because a 200 means a copy on disk and Kafka can receive the record a little later. */
    final List<String> keys(int atLeast) {
        return Awaitility.await().atMost(Duration.ofMinutes(3)).until(this::keys, keys -> keys.size() >= atLeast);
    }

    /** Returns the keys of all events, and checks each event against the contract. */
    final List<String> keys() {
        return records("calls.events").stream()
                .map(record -> {
                    assertThat(Contract.faults(record)).isEmpty();
                    return new String(record.key(), StandardCharsets.UTF_8);
                })
                .toList();
    }

    final List<ConsumerRecord<byte[], byte[]>> records(String topic) {
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

    static int freePort() {
        try {
            return EmbeddedKafka.freePort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
