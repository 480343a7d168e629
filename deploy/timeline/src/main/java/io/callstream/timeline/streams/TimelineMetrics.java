package io.callstream.timeline.streams;

import io.callstream.schemas.Timeline;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Every meter of the timeline. Thread-safe. */
public final class TimelineMetrics {

    private static final String PREFIX = "callstream.timeline.";

    private final MeterRegistry registry;
    private final Counter events;
    private final Counter published;
    private final Counter repeats;
    private final Counter late;
    private final Counter corrected;
    private final Counter orphans;
    private final Counter unlinked;
    private final Counter forgotten;
    private final Counter foreign;
    private final Counter forgottenEarly;
    private final Counter failed;
    private final Counter restarts;
    private final Timer latency;

    /** The kinds come from the contract, so there are four of them. */
    private final Map<String, Counter> missing = new ConcurrentHashMap<>();

    private final AtomicLong held = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();

    /** Registers the meters. */
    public TimelineMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.events = counter("events", "Records of calls.events that were read, test calls included");
        this.published = counter("published", "Events that were published to calls.timeline");
        this.repeats = counter("repeats", "Repeats that the sender posted; they are not published");
        this.late = counter("late", "Events that came after their place was given away; they are published");
        this.corrected = counter("corrected", "Bills that replace another bill of their call");
        this.orphans = counter("orphans", "Calls without a bill");
        this.unlinked =
                counter("unlinked", "Bills with an extension and no status: their id may differ from the statuses'");
        this.forgotten = counter("forgotten", "Events of calls that are no longer remembered");
        this.foreign = counter("foreign", "Events that another tenant posted for a call; they change nothing in it");
        this.forgottenEarly =
                counter("forgotten.early", "Calls that were forgotten before their time, for want of memory");
        this.failed = counter("failed", "Records that could not be processed; they are in calls.timeline.failed");
        this.restarts = counter("restarts", "Failures after which the stage continued with its last commit");
        this.latency = Timer.builder(PREFIX + "latency")
                .description("From Kafka's append of an event to its publication, waits included")
                .serviceLevelObjectives(
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1))
                .register(registry);
        for (String kind : new String[] {"ring", "answer", "hangup", "bill"}) {
            missing(kind);
        }
        Gauge.builder(PREFIX + "held", held, AtomicLong::get)
                .description("Events that wait for those before them")
                .register(registry);
        Gauge.builder(PREFIX + "calls", calls, AtomicLong::get)
                .description("Calls that are remembered")
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(PREFIX + name).description(description).register(registry);
    }

    private Counter missing(String kind) {
        return missing.computeIfAbsent(
                kind,
                name -> Counter.builder(PREFIX + "missing")
                        .description("Events that should have come and were named as missing")
                        .tag("kind", name)
                        .register(registry));
    }

    void read() {
        events.increment();
    }

    void repeat() {
        repeats.increment();
    }

    void published(Timeline timeline, long millis) {
        published.increment();
        latency.record(Duration.ofMillis(Math.max(0, millis)));
        if (timeline.missing() != null) {
            timeline.missing().forEach(kind -> missing(kind).increment());
        }
        if (timeline.late() != null) {
            late.increment();
        }
        if (timeline.corrected() != null) {
            corrected.increment();
        }
        if (timeline.forgotten() != null) {
            forgotten.increment();
        }
        if (timeline.foreign() != null) {
            foreign.increment();
        }
    }

    void orphan() {
        orphans.increment();
        missing("bill").increment();
    }

    void unlinked() {
        unlinked.increment();
    }

    void forgottenEarly() {
        forgottenEarly.increment();
    }

    void failed() {
        failed.increment();
    }

    void restarted() {
        restarts.increment();
    }

    void memory(CallMemory memory) {
        Gauge.builder(PREFIX + "size", memory, CallMemory::used)
                .description("Memory that the remembered calls take")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder(PREFIX + "limit", memory, CallMemory::limit)
                .description("Limit of that memory; past it the oldest calls are forgotten early")
                .baseUnit("bytes")
                .register(registry);
    }

    void heldChanged(long by) {
        held.addAndGet(by);
    }

    void callsChanged(long by) {
        calls.addAndGet(by);
    }

    long held() {
        return held.get();
    }
}
