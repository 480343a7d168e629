package io.callstream.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.schemas.CallState;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Headers;
import io.callstream.schemas.StatusEvent;
import io.callstream.schemas.TimelineEvent;
import io.callstream.schemas.TimelineReading;
import io.callstream.schemas.Topics;
import io.callstream.schemas.kafka.CallStateDeserializer;
import io.callstream.schemas.kafka.TimelineDeserializer;
import io.callstream.schemas.testing.Contract;
import io.callstream.schemas.testing.SchemaFiles;
import io.callstream.timeline.rules.Arrival;
import io.callstream.timeline.rules.Callbacks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole application with a real Kafka. */
@Timeout(180)
@SuppressWarnings("FutureReturnValueIgnored") // The callback has the failure.
class TimelineIT {

    @TempDir
    Path folder;

    private EmbeddedKafka kafka;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void start() throws Exception {
        kafka = EmbeddedKafka.start(
                folder.resolve("kafka"),
                EmbeddedKafka.freePort(),
                reason -> System.err.println("Kafka died: " + reason));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 2 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void stop() {
        producer.close();
        kafka.close();
    }

    private void createEvents() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(Topics.EVENTS, 4, (short) 1)
                            .configs(
                                    Map.of("message.timestamp.type", "LogAppendTime", "max.message.bytes", "2097152"))))
                    .all()
                    .get();
        }
    }

    private ConfigurableApplicationContext timeline(String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--callstream.timeline.folder=" + folder.resolve("streams")));
        arguments.addAll(List.of(settings));
        return TimelineApplication.application().run(arguments.toArray(String[]::new));
    }

    private void send(String call, Arrival arrival) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topics.EVENTS,
                call.getBytes(StandardCharsets.UTF_8),
                arrival.message().value());
        arrival.message().headers().forEach(header -> record.headers().add(header.name(), header.value()));
        send(record);
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record, (stored, failure) -> {
            if (failure != null) {
                throw new AssertionError(failure);
            }
        });
    }

    private boolean exists(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listTopics().names().get().contains(topic);
        }
    }

    /**
     * Reads records until there are as many of them.
     *
     * @param count what must come; more are read if they are there
     */
    private <T> List<ConsumerRecord<String, T>> read(String topic, Deserializer<T> values, long count) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest");
        List<ConsumerRecord<String, T>> records = new ArrayList<>();
        try (KafkaConsumer<String, T> consumer = new KafkaConsumer<>(settings, new StringDeserializer(), values)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (records.size() < count && System.nanoTime() - end < 0) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            // What must not be there comes after what must.
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** A tenth of the callbacks is repeated, a tenth overtakes another, one in fifty is lost; a third has both legs. */
    @Test
    void everyCallIsRightAcrossARestart() throws Exception {
        int calls = Integer.getInteger("callstream.calls", 20_000);
        Random random = new Random(11);
        createEvents();
        Map<String, Set<String>> sent = new HashMap<>();
        Map<String, Set<String>> lost = new HashMap<>();
        ConfigurableApplicationContext first = timeline();
        send(new ProducerRecord<>(Topics.EVENTS, "call-0".getBytes(StandardCharsets.UTF_8), new byte[] {1}));
        for (int i = 0; i < calls; i++) {
            String call = "call-" + i;
            long now = System.currentTimeMillis();
            List<Arrival> course = course(random, call, now);
            Set<String> kinds = lost.computeIfAbsent(call, name -> new HashSet<>());
            course.removeIf(arrival ->
                    random.nextInt(50) == 0 && kinds.add(arrival.event().kind().label()));
            for (int k = 0; k + 1 < course.size(); k++) {
                if (random.nextInt(10) == 0) {
                    course.add(k, course.remove(k + 1));
                }
            }
            if (i == 1) {
                // Nearly as large as a record of the gateway can be. It also waits.
                course.add(0, new Callbacks(call).status(EventKind.ANSWER, "B", "large", "1", 2_090_000, now));
                course.add(0, new Callbacks(call).status(EventKind.ANSWER, "B", "waits", "1", 60_000, now));
            }
            Set<String> ids = new HashSet<>();
            for (Arrival arrival : List.copyOf(course)) {
                ids.add(arrival.message().header(Headers.CE_ID));
                if (random.nextInt(10) == 0) {
                    course.add(Callbacks.repeat(arrival, now));
                }
            }
            sent.put(call, ids);
            course.forEach(arrival -> send(call, arrival));
            if (i == calls / 2) {
                producer.flush();
                await().atMost(Duration.ofMinutes(1)).until(() -> exists(Topics.STATE));
                first.close();
            }
        }
        producer.flush();
        int events = sent.values().stream().mapToInt(Set::size).sum();
        try (ConfigurableApplicationContext second = timeline()) {
            List<ConsumerRecord<String, TimelineReading>> published =
                    read(Topics.TIMELINE, new TimelineDeserializer(), events);
            assertThat(published).hasSize(events);
            Map<String, List<TimelineEvent>> byCall = new TreeMap<>();
            Map<String, Set<String>> arrived = new HashMap<>();
            for (ConsumerRecord<String, TimelineReading> record : published) {
                byCall.computeIfAbsent(record.key(), call -> new ArrayList<>()).add((TimelineEvent) record.value());
                arrived.computeIfAbsent(record.key(), call -> new HashSet<>())
                        .add(new String(
                                record.headers().lastHeader(Headers.CE_ID).value(), StandardCharsets.UTF_8));
            }
            assertThat(arrived).isEqualTo(sent);
            byCall.forEach(TimelineIT::assertOrdered);
            for (String topic : List.of(Topics.TIMELINE, Topics.STATE)) {
                List<ConsumerRecord<String, byte[]>> records = read(topic, new ByteArrayDeserializer(), 500);
                assertThat(records.subList(0, 500))
                        .allSatisfy(record -> assertThat(faults(record)).isEmpty());
            }
            Map<String, CallState> states = new HashMap<>();
            read(Topics.STATE, new CallStateDeserializer(), calls)
                    .forEach(record -> states.put(record.key(), record.value()));
            assertThat(states.keySet()).isEqualTo(sent.keySet());
            byCall.forEach(
                    (call, timeline) -> assertThat(states.get(call).sequence()).isEqualTo(timeline.size()));
            states.forEach((call, state) -> assertThat(lost.get(call))
                    .as("%s: only what never came is missing", call)
                    .containsAll(state.missing() == null || call.equals("call-1") ? List.of() : state.missing()));
            assertThat(second.isRunning()).isTrue();
            assertThat(read(Topics.TIMELINE_FAILED, new ByteArrayDeserializer(), 1))
                    .as("what cannot be processed is parked, and the next record of the call is published")
                    .singleElement()
                    .satisfies(record -> {
                        assertThat(record.value()).containsExactly(1);
                        assertThat(record.headers())
                                .extracting(Header::key)
                                .containsExactlyInAnyOrderElementsOf(SchemaFiles.in("/contract/schemas/")
                                        .read("failed-headers.v1.json")
                                        .get("properties")
                                        .propertyNames());
                    });
            System.out.printf("%,d calls, %,d events: each once, in order, numbered%n", calls, events);
        }
    }

    private static List<String> faults(ConsumerRecord<String, byte[]> record) {
        ConsumerRecord<byte[], byte[]> raw = new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.key().getBytes(StandardCharsets.UTF_8),
                record.value());
        record.headers().forEach(raw.headers()::add);
        return Contract.faults(raw);
    }

    private static List<Arrival> course(Random random, String call, long now) {
        Callbacks callbacks = new Callbacks(call);
        boolean answered = random.nextBoolean();
        List<Arrival> course = new ArrayList<>();
        boolean both = random.nextInt(3) == 0;
        for (String leg : both ? List.of("B", "A") : List.of("A")) {
            course.add(callbacks.status(EventKind.RING, leg, now));
            if (answered || both) {
                course.add(callbacks.status(EventKind.ANSWER, leg, now));
            }
        }
        for (String leg : both ? List.of("A", "B") : List.of("A")) {
            course.add(callbacks.status(EventKind.HANGUP, leg, now));
        }
        course.add(callbacks.bill(answered, true, 1, now));
        return course;
    }

    /** Each event is behind those that belong before it, or says that it is late. */
    private static void assertOrdered(String call, List<TimelineEvent> events) {
        for (int i = 0; i < events.size(); i++) {
            TimelineEvent event = events.get(i);
            assertThat(event.timeline().sequence()).as(call).isEqualTo(i + 1);
            boolean isLate = events.subList(0, i).stream().anyMatch(before -> belongsBefore(event, before));
            assertThat(event.timeline().late() != null)
                    .as("%s: %s", call, event)
                    .isEqualTo(isLate);
        }
    }

    private static boolean belongsBefore(TimelineEvent event, TimelineEvent other) {
        return event.event() instanceof StatusEvent status
                && event.event().kind().compareTo(other.event().kind()) < 0
                && (!(other.event() instanceof StatusEvent after) || after.leg().equals(status.leg()));
    }
}
