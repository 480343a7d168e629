package io.callstream.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.embeddedkafka.testing.BrokerProcess;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Headers;
import io.callstream.schemas.TimelineEvent;
import io.callstream.schemas.TimelineReading;
import io.callstream.schemas.Topics;
import io.callstream.schemas.kafka.TimelineDeserializer;
import io.callstream.timeline.rules.Arrival;
import io.callstream.timeline.rules.Callbacks;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances under load, at two brokers; again and again one is killed, and one is stopped. A consumer that reads committed records
 * sees each event once, in order and without a gap, and waits no longer than promised.
 */
@Tag("slow")
@Timeout(900)
@SuppressWarnings("FutureReturnValueIgnored") // The callback has the failure.
class TakeoverIT {

    private static final int ROUNDS = Integer.getInteger("callstream.rounds", 1);
    private static final int PARTITIONS = 4;
    private static final Duration AWAY = Duration.ofSeconds(Integer.getInteger("callstream.away", 45));
    private static final Duration HEALED = Duration.ofSeconds(30);
    private static final Duration AFTER_KILL = Duration.ofSeconds(20);
    private static final Duration AFTER_STOP = Duration.ofSeconds(10);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private String servers;
    private final Map<String, Set<String>> sent = new ConcurrentHashMap<>();
    private final AtomicReference<Exception> failed = new AtomicReference<>();
    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();

    private interface Faults {

        void run() throws Exception;
    }

    /** A record of the timeline, and when this test has read it. */
    private record Seen(ConsumerRecord<String, TimelineReading> record, long at) {}

    /** An instance in its own process. */
    private final class Instance implements AutoCloseable {

        private final int port;
        private final Path log;
        private Process process;

        Instance() throws IOException {
            port = EmbeddedKafka.freePort();
            log = Files.createTempFile(Path.of("target"), "timeline", ".log");
            start();
        }

        void start() throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.callstream.timeline.TimelineApplication",
                            "--server.port=" + port,
                            "--management.server.port=" + port,
                            "--spring.kafka.bootstrap-servers=" + servers,
                            "--callstream.timeline.folder=" + folder.resolve("streams-" + port))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log.toFile()))
                    .start();
            await().atMost(Duration.ofMinutes(1))
                    .ignoreExceptions()
                    .until(() -> health().contains("\"state\":\"RUNNING\""));
        }

        private String health() throws IOException, InterruptedException {
            return CLIENT.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }

        void kill() {
            process.destroyForcibly().onExit().join();
        }

        void stop() throws InterruptedException {
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
        }

        @Override
        public void close() {
            kill();
        }
    }

    @Test
    void consumersSeeNoGapAndNoRepeat() throws Exception {
        try (BrokerProcess first = new BrokerProcess();
                BrokerProcess second = new BrokerProcess(first)) {
            first.launch();
            second.start();
            servers = first.bootstrapServers() + "," + second.bootstrapServers();
            createEvents(2);
            try (Instance one = new Instance();
                    Instance other = new Instance()) {
                List<Long> kills = new ArrayList<>();
                List<Long> stops = new ArrayList<>();
                underLoad(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        long killed = System.currentTimeMillis();
                        one.kill();
                        kills.add(awaitFlow(killed));
                        one.start();
                        awaitFlow(System.currentTimeMillis());
                        long stopped = System.currentTimeMillis();
                        other.stop();
                        stops.add(awaitFlow(stopped));
                        other.start();
                        awaitFlow(System.currentTimeMillis());
                    }
                });
                System.out.printf("takeover after kill -9: %s ms; after SIGTERM: %s ms%n", kills, stops);
                assertThat(kills).allSatisfy(millis -> assertThat(millis).isLessThan(AFTER_KILL.toMillis()));
                assertThat(stops).allSatisfy(millis -> assertThat(millis).isLessThan(AFTER_STOP.toMillis()));
                for (Instance instance : List.of(one, other)) {
                    assertThat(Files.readAllLines(instance.log))
                            .as("a takeover is no start")
                            .filteredOn(line -> line.contains("The timeline is published"))
                            .hasSize(ROUNDS + 1);
                }
            }
        }
    }

    /** Nothing that came before or after the outage is taken for late or missing. */
    @Test
    void anOutageOfKafkaIsNobodysFault() throws Exception {
        try (BrokerProcess kafka = new BrokerProcess()) {
            kafka.start();
            servers = kafka.bootstrapServers();
            createEvents(1);
            try (Instance instance = new Instance()) {
                List<Long> healed = new ArrayList<>();
                underLoad(() -> {
                    kafka.kill();
                    await().pollDelay(AWAY).atMost(AWAY.multipliedBy(2)).until(() -> true);
                    kafka.start();
                    healed.add(awaitFlow(System.currentTimeMillis()));
                });
                System.out.printf("after %s without Kafka: published again within %s ms%n", AWAY, healed);
                assertThat(healed).allSatisfy(millis -> assertThat(millis).isLessThan(HEALED.toMillis()));
                // After a long outage the instance can have to join its group again.
                await().untilAsserted(() -> {
                    assertThat(instance.health())
                            .contains("\"state\":\"RUNNING\"")
                            .doesNotContain("trouble");
                    assertThat(Files.readAllLines(instance.log))
                            .as("an outage is said once")
                            .satisfiesExactly(
                                    line -> assertThat(line).contains("The timeline is published"),
                                    line -> assertThat(line)
                                            .contains("WARN")
                                            .contains("Kafka has not answered for 15 s"),
                                    line -> assertThat(line).contains("INFO").contains("Kafka answers again."));
                });
            }
        }
    }

    private void createEvents(int replicas) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(Topics.EVENTS, PARTITIONS, (short) replicas)
                            .configs(Map.of(
                                    "message.timestamp.type",
                                    "LogAppendTime",
                                    "min.insync.replicas",
                                    Integer.toString(replicas)))))
                    .all()
                    .get();
        }
    }

    /** Runs the faults while calls are posted, and compares what a consumer has read with what was sent. */
    private void underLoad(Faults faults) throws Exception {
        AtomicBoolean sending = new AtomicBoolean(true);
        AtomicBoolean reading = new AtomicBoolean(true);
        Thread load = new Thread(() -> send(sending), "load");
        Thread consumer = new Thread(() -> read(reading), "consumer");
        consumer.start();
        load.start();
        awaitFlow(System.currentTimeMillis());
        faults.run();
        sending.set(false);
        load.join();
        assertThat(failed).hasNullValue();
        long events = sent.values().stream().mapToLong(Set::size).sum();
        await().atMost(Duration.ofMinutes(1)).until(() -> seen.size() >= events);
        reading.set(false);
        consumer.join();
        System.out.printf("%,d events of %,d calls%n", events, sent.size());
        assertEachOnce(events);
    }

    /** Waits until each partition's timeline has an event that Kafka appended after this time; returns how long. */
    private long awaitFlow(long since) {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> firstAfter(since).allMatch(at -> at > 0));
        return firstAfter(since).max().orElseThrow() - since;
    }

    private LongStream firstAfter(long since) {
        return LongStream.range(0, PARTITIONS)
                .map(partition -> seen.stream()
                        .filter(each -> each.record().partition() == partition
                                && each.record().timestamp() > since)
                        .mapToLong(Seen::at)
                        .min()
                        .orElse(0));
    }

    private void assertEachOnce(long events) {
        assertThat(seen).hasSize((int) events);
        Map<String, Set<String>> arrived = new HashMap<>();
        Map<String, Long> last = new HashMap<>();
        for (Seen each : seen) {
            TimelineEvent event = (TimelineEvent) each.record().value();
            String call = each.record().key();
            arrived.computeIfAbsent(call, name -> new HashSet<>())
                    .add(new String(
                            each.record().headers().lastHeader(Headers.CE_ID).value(), StandardCharsets.UTF_8));
            assertThat(event.timeline().sequence()).isEqualTo(last.merge(call, 1L, Long::sum));
            assertThat(event.timeline().late()).as(call).isNull();
            assertThat(event.timeline().missing()).as(call).isNull();
        }
        assertThat(arrived).isEqualTo(sent);
    }

    /** Posts complete calls, whose bill overtakes the hangup, at about 250 events a second. */
    private void send(AtomicBoolean on) {
        Map<String, Object> settings = Map.of("bootstrap.servers", servers, "max.block.ms", 180_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; on.get(); i++) {
                String call = "call-" + i;
                Callbacks callbacks = new Callbacks(call);
                long now = System.currentTimeMillis();
                for (Arrival arrival : List.of(
                        callbacks.status(EventKind.RING, "A", now),
                        callbacks.status(EventKind.ANSWER, "A", now),
                        callbacks.bill(true, true, 1, now),
                        callbacks.status(EventKind.HANGUP, "A", now))) {
                    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                            Topics.EVENTS,
                            call.getBytes(StandardCharsets.UTF_8),
                            arrival.message().value());
                    arrival.message()
                            .headers()
                            .forEach(header -> record.headers().add(header.name(), header.value()));
                    sent.computeIfAbsent(call, name -> ConcurrentHashMap.newKeySet())
                            .add(arrival.message().header(Headers.CE_ID));
                    producer.send(record, (stored, failure) -> failed.compareAndSet(null, failure));
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
                }
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void read(AtomicBoolean on) {
        Map<String, Object> settings = Map.of("bootstrap.servers", servers, "isolation.level", "read_committed");
        try (KafkaConsumer<String, TimelineReading> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new TimelineDeserializer())) {
            List<TopicPartition> partitions = LongStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(Topics.TIMELINE, (int) partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (on.get()) {
                consumer.poll(Duration.ofMillis(50))
                        .forEach(record -> seen.add(new Seen(record, System.currentTimeMillis())));
            }
        }
    }
}
