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
import io.callstream.timeline.streams.Deadlines.Look;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
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

    /** Calls that one tick looks at, so that a tick stays short. */
    private static final int MOST_LOOKS = 2000;

    /** Calls that may be forgotten for one event, so that an event is not delayed. */
    private static final int MOST_FORGOTTEN = 8;

    private final Rules rules;
    private final StreamsClients clients;
    private final CallMemory memory;
    private final TimelineMetrics metrics;
    private final boolean hasCompanies;

    /** By patience. All waits have the same length, so their ends are in the order of their beginnings. */
    private final Deque<Look> waits = new ArrayDeque<>();

    private final Deadlines deadlines = new Deadlines(this::orphanAt);

    private CallStore calls;
    private TopicPartition partition;
    private PartitionClock clock;
    private double fetches;
    private long fetchedAt;
    private @Nullable Cancellable ticking;
    private long held;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init first.
    CallProcessor(
            Rules rules, StreamsClients clients, CallMemory memory, TimelineMetrics metrics, boolean hasCompanies) {
        this.rules = rules;
        this.clients = clients;
        this.memory = memory;
        this.metrics = metrics;
        this.hasCompanies = hasCompanies;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        partition = new TopicPartition(Topics.EVENTS, context.taskId().partition());
        List<Look> found = new ArrayList<>();
        AtomicLong callTime = new AtomicLong();
        calls = new CallStore(context.getStateStore(STORE), memory, (key, call) -> {
            callTime.accumulateAndGet(call.lastAt(), Math::max);
            if (call.held() > 0) {
                call.heldSince().forEach(since -> found.add(new Look(key, since)));
            }
            remember(key, call);
        });
        found.sort(Deadlines.BY_TIME);
        waits.addAll(found);
        holds(found.size());
        clock = new PartitionClock(
                callTime.get(), waits.isEmpty() ? 0 : waits.getLast().at());
        context.schedule(SLOW_TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
        tickFastWhileOneWaits();
    }

    private void remember(byte[] key, Call call) {
        deadlines.remember(key, rules.orphanAt(call), rules.forgetAt(call));
        metrics.callsChanged(1);
    }

    private @Nullable Long orphanAt(byte[] key) {
        Call call = calls.get(key);
        return call == null ? null : rules.orphanAt(call);
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
        metrics.callsChanged(-deadlines.calls());
        calls.close();
        waits.clear();
        deadlines.clear();
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
        Call known = calls.get(key);
        Call call = known == null ? new Call(id) : known;
        Moment now = clock.now();
        int before = call.held();
        Step step = rules.arrive(call, arrival, now, known == null ? calls.horizon() : 0);
        apply(key, call, step, before, record.timestamp());
        if (step.isHeld()) {
            waits.add(new Look(key, now.patience()));
            tickFastWhileOneWaits();
        }
        if (known == null && step.isChanged()) {
            remember(key, call);
        }
        makeRoom(now, MOST_FORGOTTEN);
    }

    /** Forwards what the step says and stores the call. */
    private void apply(byte[] key, Call call, Step step, int heldBefore, long timestamp) {
        List<Record<byte[], byte[]>> events =
                new ArrayList<>(step.publications().size());
        for (Step.Publication publication : step.publications()) {
            events.add(event(key, publication, timestamp));
        }
        if (step.orphan() != null) {
            events.add(orphaned(key, step.orphan(), timestamp));
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
            calls.put(key, row);
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
        Moment now = clock.now();
        expire(now);
        orphan(now);
        forget(now);
        makeRoom(now, MOST_LOOKS);
        tickFastWhileOneWaits();
    }

    private void expire(Moment now) {
        for (Look look; (look = waits.peek()) != null && rules.isOver(look.at(), now); ) {
            waits.poll();
            Call call = calls.get(look.key());
            if (call != null) {
                int before = call.held();
                apply(look.key(), call, rules.expire(call, now), before, now.callTime());
            }
        }
    }

    private void orphan(Moment now) {
        int left = MOST_LOOKS;
        for (Look look; left > 0 && (look = deadlines.orphans.peek()) != null && look.at() <= now.callTime(); left--) {
            deadlines.orphans.poll();
            Call call = calls.get(look.key());
            Long orphanAt = call == null ? null : rules.orphanAt(call);
            if (orphanAt != null && orphanAt > now.callTime()) {
                deadlines.orphans.add(new Look(look.key(), orphanAt));
            } else if (call != null && orphanAt != null) {
                int before = call.held();
                apply(look.key(), call, rules.orphan(call, now), before, now.callTime());
            }
        }
    }

    private void forget(Moment now) {
        int left = MOST_LOOKS;
        for (Look look; left > 0 && (look = deadlines.forgets.peek()) != null && look.at() <= now.callTime(); left--) {
            forgetOldest(now);
        }
    }

    /** Forgets the oldest calls before their time while they take more memory than they may. */
    private void makeRoom(Moment now, int most) {
        for (int left = most; left > 0 && calls.isFull() && !deadlines.forgets.isEmpty(); left--) {
            Call call = forgetOldest(now);
            if (call != null) {
                // The start is the sender's word, which can be in the future.
                calls.horizon(Math.max(calls.horizon(), Math.min(call.startedAt(), call.lastAt()) + 1));
                metrics.forgottenEarly();
            }
        }
    }

    /** Forgets the first call of the queue; {@code null} if it has come again since, and is queued again. */
    private @Nullable Call forgetOldest(Moment now) {
        Look look = deadlines.forgets.remove();
        Call call = calls.get(look.key());
        if (call == null) {
            return null;
        }
        if (rules.forgetAt(call) > look.at()) {
            deadlines.forgets.add(new Look(look.key(), rules.forgetAt(call)));
            return null;
        }
        int before = call.held();
        apply(look.key(), call, rules.expireAll(call, now), before, now.callTime());
        context().forward(new Record<>(look.key(), null, now.callTime()), STATE_SINK);
        calls.delete(look.key());
        metrics.callsChanged(-1);
        return call;
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

    private static Record<byte[], byte[]> orphaned(byte[] key, OrphanEvent orphan, long timestamp) {
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
                .add(Headers.CE_SOURCE, bytes(Headers.source(company)))
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
