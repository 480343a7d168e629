package io.callstream.timeline.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.callstream.schemas.CallState;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.OrphanEvent;
import io.callstream.schemas.Timeline;
import io.callstream.schemas.TimelineEvent;
import io.callstream.schemas.TimelineReading;
import io.callstream.schemas.Topics;
import io.callstream.schemas.kafka.CallStateDeserializer;
import io.callstream.schemas.kafka.TimelineDeserializer;
import io.callstream.timeline.rules.Arrival;
import io.callstream.timeline.rules.Callbacks;
import io.callstream.timeline.rules.Rules;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The processor with its store and queues, without Kafka: what becomes of calls after hours, and of large events. */
class CallProcessorTest {

    private static final Instant START = Instant.parse("2026-11-02T09:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CallMemory memory = new CallMemory(1 << 20);
    private TopologyTestDriver driver = driver();

    private TopologyTestDriver driver() {
        Properties settings = new Properties();
        settings.setProperty(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.setProperty(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        return new TopologyTestDriver(
                TimelineTopology.of(
                        new Rules(Duration.ofSeconds(2), HOUR.multipliedBy(6), HOUR.multipliedBy(24)),
                        new StreamsClients(),
                        memory,
                        new TimelineMetrics(meters),
                        new CompanyTopics(Map.of())),
                settings,
                START);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    private void read(String call, Arrival arrival) {
        TestInputTopic<byte[], byte[]> events =
                driver.createInputTopic(Topics.EVENTS, new ByteArraySerializer(), new ByteArraySerializer());
        RecordHeaders headers = new RecordHeaders();
        arrival.message().headers().forEach(header -> headers.add(header.name(), header.value()));
        events.pipeInput(new TestRecord<>(
                call.getBytes(UTF_8),
                arrival.message().value(),
                headers,
                arrival.message().appendedAt()));
        driver.advanceWallClockTime(Duration.ofSeconds(1));
    }

    private List<TestRecord<String, TimelineReading>> timeline() {
        TestOutputTopic<String, TimelineReading> topic =
                driver.createOutputTopic(Topics.TIMELINE, new StringDeserializer(), new TimelineDeserializer());
        return topic.readRecordsToList();
    }

    private static long after(Duration time) {
        return START.plus(time).toEpochMilli();
    }

    @Test
    void aCallWithoutABillIsAnOrphanAlsoBehindABillAlone() {
        read("billed", new Callbacks("billed").bill(false, false, 1, after(Duration.ZERO)));
        read("open", new Callbacks("open").status(EventKind.RING, "A", after(Duration.ofSeconds(1))));
        assertThat(timeline()).hasSize(2);
        read("later", new Callbacks("later").bill(false, false, 1, after(HOUR.multipliedBy(7))));
        assertThat(timeline())
                .extracting(TestRecord::value)
                .hasAtLeastOneElementOfType(OrphanEvent.class)
                .hasSize(2);
    }

    @Test
    void aCallIsForgottenADayAfterItsLastEvent() {
        read("old", new Callbacks("old").status(EventKind.RING, "A", after(Duration.ZERO)));
        read("old", new Callbacks("old").bill(true, true, 1, after(HOUR.multipliedBy(20))));
        read("later", new Callbacks("later").bill(false, false, 1, after(HOUR.multipliedBy(30))));
        assertThat(tombstones()).isEmpty();
        read("later still", new Callbacks("later still").bill(false, false, 1, after(HOUR.multipliedBy(45))));
        assertThat(tombstones()).containsExactly("old");
        timeline();
        read("old", new Callbacks("old").bill(true, true, 2, after(HOUR.multipliedBy(20))));
        assertThat(timeline())
                .singleElement()
                .satisfies(record -> assertThat(
                                ((TimelineEvent) record.value()).timeline().forgotten())
                        .isTrue());
    }

    /** Answers without a ring wait. Their calls take more memory than there may be, so the oldest ones go. */
    @Test
    void theMemoryIsBoundedAndNothingIsLost() {
        int calls = 500;
        for (int i = 0; i < calls; i++) {
            String call = "call-" + i;
            read(
                    call,
                    new Callbacks(call).status(EventKind.ANSWER, "A", call, "1", 10_000, after(Duration.ofMillis(i))));
            assertThat(memory.used()).isLessThan(memory.limit() + 20_000);
        }
        assertThat(meters.counter("callstream.timeline.forgotten.early").count())
                .isBetween(300.0, 450.0);
        read("later", new Callbacks("later").bill(false, false, 1, after(Duration.ofMinutes(1))));
        assertThat(timeline())
                .extracting(TestRecord::key)
                .doesNotHaveDuplicates()
                .hasSize(calls + 1);
        // It was forgotten, and it started before calls that were: it must not begin at 1 again, after a restart
        // neither.
        List<KeyValue<byte[], byte[]>> rows = new ArrayList<>();
        try (KeyValueIterator<byte[], byte[]> all =
                driver.<byte[], byte[]>getKeyValueStore(CallProcessor.STORE).all()) {
            all.forEachRemaining(rows::add);
        }
        driver.close();
        driver = driver();
        driver.<byte[], byte[]>getKeyValueStore(CallProcessor.STORE).putAll(rows);
        read("call-0", new Callbacks("call-0").status(EventKind.RING, "A", after(Duration.ofMillis(100))));
        assertThat(timeline())
                .singleElement()
                .satisfies(record -> assertThat(
                                ((TimelineEvent) record.value()).timeline().sequence())
                        .isZero());
    }

    @Test
    void manyCallsOfOnePartitionCostTheOthersNothing() {
        try (TopologyTestDriver other = driver()) {
            TopologyTestDriver flooded = driver;
            driver = other;
            read("honest", new Callbacks("honest").status(EventKind.RING, "A", after(Duration.ZERO)));
            driver = flooded;
            for (int i = 0; memory.used() < memory.limit() || i < 5000; i++) {
                String call = "flood-" + i;
                read(call, new Callbacks(call).status(EventKind.RING, "A", after(Duration.ofMillis(i))));
            }
            assertThat(meters.counter("callstream.timeline.forgotten.early").count())
                    .isPositive();
            driver = other;
            read("honest", new Callbacks("honest").status(EventKind.ANSWER, "A", after(Duration.ofSeconds(10))));
            assertThat(tombstones()).isEmpty();
            assertThat(timeline())
                    .extracting(record ->
                            ((TimelineEvent) record.value()).timeline().sequence())
                    .containsExactly(1L, 2L);
            driver = flooded;
        }
    }

    /** As after a takeover: another partition has come with its calls, and no event comes. */
    @Test
    void timeAloneMakesRoom() {
        for (int i = 0; i < 70; i++) {
            String call = "call-" + i;
            read(
                    call,
                    new Callbacks(call).status(EventKind.ANSWER, "A", call, "1", 10_000, after(Duration.ofMillis(i))));
        }
        assertThat(tombstones()).isEmpty();
        memory.open();
        memory.add(memory.limit());
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        assertThat(tombstones()).as("down to its half, and no further").hasSizeBetween(10, 30);
        memory.close(memory.limit());
    }

    /** Whoever knows a call's id can post a bill for it, with a credential of another tenant. */
    @Test
    void anotherTenantCannotChangeACall() {
        Callbacks own = new Callbacks("call", "acme");
        read("call", own.status(EventKind.RING, "A", after(Duration.ZERO)));
        read("call", new Callbacks("call", "globex").bill(true, true, 1, after(Duration.ofSeconds(1))));
        read("call", own.status(EventKind.ANSWER, "A", after(Duration.ofSeconds(2))));
        // Before the gateway had tenants.
        read("call", new Callbacks("call").status(EventKind.HANGUP, "A", after(Duration.ofSeconds(3))));
        assertThat(timeline())
                .extracting(record -> ((TimelineEvent) record.value()).timeline())
                .extracting(Timeline::sequence, Timeline::foreign, Timeline::late)
                .containsExactly(
                        tuple(1L, null, null), tuple(0L, true, null), tuple(2L, null, null), tuple(3L, null, null));
        TestOutputTopic<String, CallState> states =
                driver.createOutputTopic(Topics.STATE, new StringDeserializer(), new CallStateDeserializer());
        assertThat(states.readValuesToList())
                .extracting(CallState::state)
                .containsExactly(CallState.State.RINGING, CallState.State.TALKING, CallState.State.ENDED);
    }

    @Test
    void theRowOfACallFitsIntoARecord() {
        Callbacks callbacks = new Callbacks("call");
        int events = 60;
        String text = "\u0001".repeat(60_000);
        for (int i = 0; i < events; i++) {
            read(
                    "call",
                    callbacks.status(EventKind.ANSWER, "A", "leg-" + i, text, 10_000, after(Duration.ofMillis(i))));
            byte[] row = (byte[]) driver.getKeyValueStore(CallProcessor.STORE).get("call".getBytes(UTF_8));
            assertThat(row.length).isLessThan(100_000);
        }
        read("later", new Callbacks("later").bill(false, false, 1, after(Duration.ofMinutes(1))));
        List<TestRecord<String, TimelineReading>> published = timeline();
        assertThat(published).hasSize(events + 1);
        assertThat(published.stream()
                        .filter(record ->
                                ((TimelineEvent) record.value()).timeline().missing() != null))
                .as("of legs that are too many, nothing is known")
                .hasSize(8);
        TestOutputTopic<byte[], byte[]> states =
                driver.createOutputTopic(Topics.STATE, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        assertThat(states.readValuesToList())
                .allSatisfy(state -> assertThat(state.length).isLessThan(1 << 16));
    }

    @Test
    void aRestartKeepsWhatWaits() {
        read("call", new Callbacks("call").status(EventKind.ANSWER, "A", after(Duration.ZERO)));
        byte[] row = (byte[]) driver.getKeyValueStore(CallProcessor.STORE).get("call".getBytes(UTF_8));
        driver.close();
        assertThat(memory.used()).isZero();
        driver = driver();
        driver.getKeyValueStore(CallProcessor.STORE).put("call".getBytes(UTF_8), row);
        read("call", new Callbacks("call").status(EventKind.RING, "A", after(Duration.ofSeconds(1))));
        assertThat(timeline()).hasSize(2);
    }

    private List<String> tombstones() {
        TestOutputTopic<String, byte[]> topic =
                driver.createOutputTopic(Topics.STATE, new StringDeserializer(), new ByteArrayDeserializer());
        return topic.readRecordsToList().stream()
                .filter(record -> record.value() == null)
                .map(TestRecord::key)
                .toList();
    }
}
