package io.callstream.timeline.rules;

import io.callstream.schemas.CallState;
import io.callstream.schemas.OrphanEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A partition without Kafka: what the processor does with the rules and the clock, in time that a test sets. */
public final class Partition {

    static final long TICK = 100;

    private final Rules rules = new Rules(Duration.ofSeconds(2), Duration.ofHours(6), Duration.ofHours(24));
    private final Map<String, byte[]> store = new HashMap<>();

    /** The calls of which an event waits. */
    private final Set<String> waiting = new TreeSet<>();

    private PartitionClock clock = new PartitionClock(0, 0);
    private long now;
    private boolean reachable = true;
    private @Nullable Naive naive;
    private long streamTime;
    private long sweptAt;

    final List<Step.Publication> published = new ArrayList<>();
    final List<OrphanEvent> orphans = new ArrayList<>();
    final Map<String, CallState> states = new HashMap<>();

    Partition(long now) {
        this.now = now;
    }

    /** The clocks that would be simpler. */
    enum Naive {
        /** The wall clock. */
        WALL,
        /** The greatest {@code receivedAt} of the records, as in stream time. */
        STREAM
    }

    /** Replaces the clock. */
    Partition with(@Nullable Naive clock) {
        naive = clock;
        return this;
    }

    private Moment time() {
        if (naive == null) {
            return clock.now();
        }
        return naive == Naive.WALL ? new Moment(now, now) : new Moment(streamTime, streamTime);
    }

    long now() {
        return now;
    }

    /** A record is read. The rows go through the store's format each time. */
    void read(String id, Arrival arrival) {
        clock.record(arrival.receivedAt(), arrival.message().appendedAt());
        streamTime = Math.max(streamTime, arrival.receivedAt());
        Call call = call(id);
        apply(id, call, rules.arrive(call, arrival, time(), 0));
    }

    private Call call(String id) {
        byte[] row = store.get(id);
        return row == null ? new Call(id) : CallFormat.call(id, row);
    }

    private void apply(String id, Call call, Step step) {
        published.addAll(step.publications());
        OrphanEvent orphan = step.orphan();
        if (orphan != null) {
            orphans.add(orphan);
        }
        CallState state = step.state();
        if (state != null) {
            states.put(id, state);
        }
        if (step.isChanged()) {
            store.put(id, CallFormat.bytes(call));
            if (call.held() > 0) {
                waiting.add(id);
            } else {
                waiting.remove(id);
            }
        }
    }

    /** The wall clock runs until then, with a tick at every interval. */
    void until(long wall) {
        while (now < wall) {
            now = Math.min(wall, now + TICK);
            tick();
        }
    }

    /** The wall clock jumps: the thread was paused, and then has a tick. */
    void pausedUntil(long wall) {
        now = wall;
        tick();
    }

    private void tick() {
        clock.tick(now, 2 * TICK, reachable);
        for (String id : List.copyOf(waiting)) {
            Call call = call(id);
            if (call.heldSince().anyMatch(since -> rules.isOver(since, time()))) {
                apply(id, call, rules.expire(call, time()));
            }
        }
        if (now - sweptAt >= 60_000) {
            sweptAt = now;
            for (String id : List.copyOf(store.keySet())) {
                Call call = call(id);
                Long orphanAt = rules.orphanAt(call);
                if (orphanAt != null && orphanAt <= time().callTime()) {
                    apply(id, call, rules.orphan(call, time()));
                }
            }
        }
    }

    /** The end of the partition is not known, as while Kafka is away, or while records are there that were not read. */
    void isAtEnd(boolean known) {
        reachable = known;
    }

    void restart() {
        long callTime = 0;
        long patience = 0;
        for (String id : store.keySet()) {
            Call call = call(id);
            callTime = Math.max(callTime, call.lastAt());
            patience = Math.max(patience, call.heldSince().max().orElse(0));
        }
        clock = new PartitionClock(callTime, patience);
    }

    /** Returns what was published, such as {@code ring B, 2 hangup B (missing ring)}. */
    List<String> said() {
        return published.stream().map(Partition::said).toList();
    }

    static String said(Step.Publication publication) {
        StringBuilder said = new StringBuilder();
        said.append(publication.timeline().sequence()).append(' ').append(name(publication.arrival()));
        if (publication.timeline().missing() != null) {
            said.append(" missing ")
                    .append(String.join("+", publication.timeline().missing()));
        }
        if (publication.timeline().late() != null) {
            said.append(" late");
        }
        if (publication.timeline().corrected() != null) {
            said.append(" corrected");
        }
        if (publication.timeline().forgotten() != null) {
            said.append(" forgotten");
        }
        if (publication.timeline().foreign() != null) {
            said.append(" foreign");
        }
        return said.toString();
    }

    static String name(Arrival arrival) {
        return arrival.event() == null ? "unknown" : arrival.kind().label() + side(arrival);
    }

    private static String side(Arrival arrival) {
        var leg = arrival.leg();
        return leg == null ? "" : " " + leg.side();
    }

    @Nullable
    CallState state(String id) {
        return states.get(id);
    }
}
