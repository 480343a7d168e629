package io.callstream.timeline.streams;

import io.callstream.schemas.CallEvent;
import io.callstream.schemas.CallState;
import io.callstream.schemas.Headers;
import io.callstream.schemas.OrphanEvent;
import io.callstream.schemas.TimelineJson;
import io.callstream.schemas.Topics;
import io.callstream.timeline.rules.Arrival;
import io.callstream.timeline.rules.Call;
import io.callstream.timeline.rules.CallFormat;
import io.callstream.timeline.rules.Message;
import io.callstream.timeline.rules.Moment;
import io.callstream.timeline.rules.PartitionClock;
import io.callstream.timeline.rules.Rules;
import io.callstream.timeline.rules.Step;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Applies the rules to the events of one partition and forwards what they say. The rules and all serialization come
 * first, the records and the store's change last: a fault in the former leaves the call as it was, and the record is
 * parked.
 *
 * <p>What waits is in the store, with its call. The queues here only say when to look. They are made anew from the
 * store at each start.
 */
final class CallProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    static final String STORE = "calls";
    static final String TIMELINE_SINK = "timeline";
    static final String STATE_SINK = "state";
    static final String COMPANY = "company";

    /** While an event waits. */
    private static final Duration TICK = Duration.ofMillis(100);

    /** While none waits: each tick costs a commit. */
    private static final Duration SLOW_TICK = Duration.ofSeconds(1);

    /** Kafka answers a fetch at least twice a second. Without an answer for longer, it is not known what is new. */
    private static final long MILLIS_UNTIL_UNKNOWN = 1500;

    /** Calls that one tick sweeps, so that a tick stays short. */
    private static final int MOST_SWEPT = 500;

    /** Of one partition. With more, the first ones no longer wait. */
    private static final int MOST_HELD = 50_000;

    private final Rules rules;
    private final StreamsClients clients;
    private final TimelineMetrics metrics;
    private final boolean hasCompanies;

    /** By patience. */
    private final Deque<Look> waits = new ArrayDeque<>();

    /** By call time. */
    private final Deque<Look> sweeps = new ArrayDeque<>();

    private KeyValueStore<byte[], byte[]> store;
    private TopicPartition partition;
    private PartitionClock clock;
    private double fetches;
    private long fetchedAt;
    private @Nullable Cancellable ticking;
    private long held;

    /** When to look at a call again. */
    private record Look(String call, long at) {}

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init first.
    CallProcessor(Rules rules, StreamsClients clients, TimelineMetrics metrics, boolean hasCompanies) {
        this.rules = rules;
        this.clients = clients;
        this.metrics = metrics;
        this.hasCompanies = hasCompanies;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        store = context.getStateStore(STORE);
        partition = new TopicPartition(Topics.EVENTS, context.taskId().partition());
        List<Look> found = new ArrayList<>();
        List<Look> old = new ArrayList<>();
        long callTime = 0;
        try (KeyValueIterator<byte[], byte[]> rows = store.all()) {
            while (rows.hasNext()) {
                KeyValue<byte[], byte[]> row = rows.next();
                String id = text(row.key);
                Call call = CallFormat.call(id, row.value);
                callTime = Math.max(callTime, call.lastAt());
                call.heldSince().forEach(since -> found.add(new Look(id, since)));
                old.add(new Look(id, rules.sweepAt(call)));
            }
        }
        found.sort(Comparator.comparingLong(Look::at));
        old.sort(Comparator.comparingLong(Look::at));
        waits.addAll(found);
        sweeps.addAll(old);
        holds(found.size());
        metrics.callsChanged(old.size());
        clock = new PartitionClock(
                callTime, waits.isEmpty() ? 0 : waits.getLast().at());
        context.schedule(SLOW_TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
        tickFastWhileOneWaits();
    }

    private void tickFastWhileOneWaits() {
        if (waits.isEmpty() && ticking != null) {
            ticking.cancel();
            ticking = null;
        } else if (!waits.isEmpty() && ticking == null) {
            ticking = context().schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
        }
    }

    @Override
    public void close() {
        holds(-held);
        metrics.callsChanged(-sweeps.size());
        waits.clear();
        sweeps.clear();
    }

    private void holds(long more) {
        held += more;
        metrics.heldChanged(more);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        metrics.read();
        byte[] key = record.key();
        if (key == null || record.value() == null) {
            return;
        }
        String id = text(key);
        if (id.startsWith(CallEvent.TEST_PREFIX)) {
            return;
        }
        Arrival arrival = Arrival.of(message(record));
        clock.record(arrival.receivedAt(), record.timestamp());
        byte[] row = store.get(key);
        Call call = row == null ? new Call(id) : CallFormat.call(id, row);
        int before = call.held();
        Moment now = clock.now();
        Step step = rules.arrive(call, arrival, now);
        apply(key, call, step, before, record.timestamp());
        if (step.isHeld()) {
            waits.add(new Look(id, now.patience()));
            tickFastWhileOneWaits();
        }
        if (row == null && step.isChanged()) {
            sweeps.add(new Look(id, rules.sweepAt(call)));
            metrics.callsChanged(1);
        }
    }

    /** Forwards what the step says and stores the call. */
    private void apply(byte[] key, Call call, Step step, int heldBefore, long timestamp) {
        List<Record<byte[], byte[]>> events =
                new ArrayList<>(step.publications().size());
        for (Step.Publication publication : step.publications()) {
            events.add(event(key, publication, timestamp));
        }
        if (step.orphan() != null) {
            events.add(orphan(key, step.orphan(), timestamp));
        }
        CallState state = step.state();
        Record<byte[], byte[]> now = state == null ? null : state(key, state, timestamp);
        byte[] row = step.isChanged() ? CallFormat.bytes(call) : null;

        for (Record<byte[], byte[]> event : events) {
            context().forward(event, TIMELINE_SINK);
            if (hasCompanies) {
                context().forward(event, COMPANY);
            }
        }
        if (now != null) {
            context().forward(now, STATE_SINK);
        }
        if (row != null) {
            store.put(key, row);
        }
        count(call, step, heldBefore);
    }

    private void count(Call call, Step step, int heldBefore) {
        holds(call.held() - heldBefore);
        long wall = context().currentSystemTimeMs();
        for (Step.Publication publication : step.publications()) {
            metrics.published(
                    publication.timeline(),
                    wall - publication.arrival().message().appendedAt());
        }
        if (step.isRepeat()) {
            metrics.repeat();
        }
        if (step.isUnlinked()) {
            metrics.unlinked();
        }
        if (step.orphan() != null) {
            metrics.orphan();
        }
    }

    // ---- time

    private void tick(long wall) {
        double answered = clients.fetches();
        fetchedAt = answered > fetches ? wall : fetchedAt;
        fetches = answered;
        long longestStep = waits.isEmpty() ? SLOW_TICK.toMillis() : 2 * TICK.toMillis();
        clock.tick(wall, longestStep, wall - fetchedAt < MILLIS_UNTIL_UNKNOWN && clients.isAtEnd(partition));
        expire(clock.now());
        sweep(clock.now());
        tickFastWhileOneWaits();
    }

    private void expire(Moment now) {
        for (Look look; (look = waits.peek()) != null; ) {
            boolean isTooMany = waits.size() > MOST_HELD;
            if (!isTooMany && !rules.isOver(look.at(), now)) {
                return;
            }
            waits.poll();
            byte[] key = bytes(look.call());
            byte[] row = store.get(key);
            if (row != null) {
                Call call = CallFormat.call(look.call(), row);
                int before = call.held();
                Step step = isTooMany ? rules.expireAll(call, now) : rules.expire(call, now);
                apply(key, call, step, before, now.callTime());
            }
        }
    }

    private void sweep(Moment now) {
        int left = MOST_SWEPT;
        for (Look look; left > 0 && (look = sweeps.peek()) != null && look.at() <= now.callTime(); left--) {
            sweeps.poll();
            byte[] key = bytes(look.call());
            byte[] row = store.get(key);
            Call call = row == null ? new Call(look.call()) : CallFormat.call(look.call(), row);
            Step step = rules.sweep(call, now);
            if (step.isForgotten()) {
                context().forward(new Record<>(key, null, now.callTime()), STATE_SINK);
                store.delete(key);
                metrics.callsChanged(-1);
            } else {
                apply(key, call, step, call.held(), now.callTime());
                sweeps.add(new Look(look.call(), rules.sweepAt(call)));
            }
        }
    }

    // ---- records

    private static Message message(Record<byte[], byte[]> record) {
        List<Message.Header> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new Message.Header(header.key(), header.value()));
        }
        return new Message(record.value(), headers, record.timestamp());
    }

    /** Keeps the event's headers, except its origin: consumers take origins that do not ascend for repeats. */
    private static Record<byte[], byte[]> event(byte[] key, Step.Publication publication, long timestamp) {
        Message message = publication.arrival().message();
        byte[] value = TimelineJson.bytes(message.value(), publication.timeline());
        if (value == null) {
            throw new IllegalArgumentException("The record's value is no JSON object.");
        }
        Record<byte[], byte[]> record = new Record<>(key, value, timestamp);
        for (Message.Header header : message.headers()) {
            if (!header.name().equals(Headers.ORIGIN)) {
                record.headers().add(header.name(), header.value());
            }
        }
        return record;
    }

    private static Record<byte[], byte[]> orphan(byte[] key, OrphanEvent orphan, long timestamp) {
        return cloudEvent(
                new Record<>(key, TimelineJson.bytes(orphan), timestamp),
                OrphanEvent.TYPE,
                orphan.companyCode(),
                orphan.timeline().sequence(),
                orphan.lastReceivedAt());
    }

    private static Record<byte[], byte[]> state(byte[] key, CallState state, long timestamp) {
        return cloudEvent(
                new Record<>(key, TimelineJson.bytes(state), timestamp),
                CallState.TYPE,
                state.companyCode(),
                state.sequence(),
                state.updatedAt());
    }

    private static Record<byte[], byte[]> cloudEvent(
            Record<byte[], byte[]> record, String type, @Nullable String company, long sequence, Instant time) {
        record.headers()
                .add(Headers.CE_SPECVERSION, bytes("1.0"))
                .add(Headers.CE_ID, bytes(text(record.key()) + ':' + sequence))
                .add(Headers.CE_SOURCE, bytes(CompanyTopics.source(company)))
                .add(Headers.CE_TYPE, bytes(type))
                .add(Headers.CE_TIME, bytes(time.toString()))
                .add(Headers.CE_SUBJECT, record.key())
                .add(Headers.CE_PARTITIONKEY, record.key())
                .add(Headers.CONTENT_TYPE, bytes("application/json"));
        return record;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
