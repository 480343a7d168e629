package io.callstream.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The gateway's metrics for operators. Each callback that is read from a body is counted once in
 * {@code callstream.callbacks}, when its outcome is known. So the sum over all outcomes is the number of callbacks
 * received. A request that is refused as a whole is counted in {@code callstream.requests.refused} instead. Alert on
 * {@code outcome} {@code full} or {@code unknown}, on {@code callstream.journal.oldest.age} and on a rising
 * {@code callstream.quarantined}.
 *
 * <p>Labels come from enums and status codes only, never from text that a sender wrote.
 */
public final class GatewayMetrics {

    private final MeterRegistry registry;
    private final Timer answerTime;
    private final AtomicLong lastCallbackMillis = new AtomicLong();
    private final Map<String, Map<String, Counter>> callbacks = new ConcurrentHashMap<>();
    private final Map<String, Counter> quarantined = new ConcurrentHashMap<>();
    private final Map<Integer, Counter> refused = new ConcurrentHashMap<>();

    public GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.answerTime = Timer.builder("callstream.answer.time")
                .description("Time from the request's headers to the answer, of requests with callbacks")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(2),
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(20),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2))
                .register(registry);
        TimeGauge.builder(
                        "callstream.callbacks.last.time",
                        lastCallbackMillis,
                        TimeUnit.MILLISECONDS,
                        AtomicLong::doubleValue)
                .description("Time of the last callback since the epoch; 0 before the first")
                .register(registry);
    }

    /**
     * Counts callbacks with a known outcome.
     *
     * @param kind the event's kind, or {@code undecodable}
     * @param outcome {@code durable}, {@code unknown}, {@code full}, {@code failing}, or {@code abandoned} if the
     *     sender did not wait for the answer
     */
    public void callback(String kind, String outcome, int count) {
        callbacks
                .computeIfAbsent(kind, k -> new ConcurrentHashMap<>())
                .computeIfAbsent(
                        outcome,
                        o -> Counter.builder("callstream.callbacks")
                                .description("Callbacks by kind and outcome")
                                .tag("kind", kind)
                                .tag("outcome", outcome)
                                .register(registry))
                .increment(count);
    }

    /**
     * Records that a request with callbacks is answered, or that its sender has closed the connection.
     *
     * @param nowMillis when the request's callbacks were received, since the epoch
     */
    public void answered(long nanos, long nowMillis) {
        answerTime.record(nanos, TimeUnit.NANOSECONDS);
        lastCallbackMillis.set(nowMillis);
    }

    /** Counts items that are quarantined. */
    public void quarantined(String reason, int count) {
        quarantined
                .computeIfAbsent(
                        reason,
                        r -> Counter.builder("callstream.quarantined")
                                .description("Items sent to the quarantine topic, by reason")
                                .tag("reason", reason)
                                .register(registry))
                .increment(count);
    }

    /** Counts a request that is refused as a whole. */
    public void refused(int status) {
        refused.computeIfAbsent(
                        status,
                        s -> Counter.builder("callstream.requests.refused")
                                .description("Requests whose callbacks were refused without being stored, by status")
                                .tag("status", Integer.toString(status))
                                .register(registry))
                .increment();
    }

    /**
     * Registers the gauges of a port's connections.
     *
     * @param receptionLimit in bytes
     */
    public void connections(
            String port, int limit, long receptionLimit, Supplier<Number> open, Supplier<Number> receptionBytes) {
        Gauge.builder("callstream.connections.open", open)
                .tag("port", port)
                .description("Connections that are open")
                .register(registry);
        Gauge.builder("callstream.connections.limit", () -> limit)
                .tag("port", port)
                .description(
                        "The most of them; a new one then takes the place of the one unfinished or idle for longest")
                .register(registry);
        Gauge.builder("callstream.reception.size", receptionBytes)
                .tag("port", port)
                .baseUnit("bytes")
                .description("Memory of bodies that have not arrived whole and of requests that wait behind others")
                .register(registry);
        Gauge.builder("callstream.reception.limit", () -> receptionLimit)
                .tag("port", port)
                .baseUnit("bytes")
                .description("Limit of that memory; past it the oldest of them are answered 503")
                .register(registry);
    }

    /** Counts a connection that a limit has closed. The reasons are a fixed list. */
    public void connectionClosed(String port, String reason) {
        Counter.builder("callstream.connections.closed")
                .description("Connections that a limit has closed, by reason")
                .tag("port", port)
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    /** Registers the gauges of a journal. */
    public void journal(long limit, Supplier<Number> records, Supplier<Number> bytes, Supplier<Duration> oldestAge) {
        Gauge.builder("callstream.journal.records", records)
                .description("Records that Kafka has not acknowledged")
                .register(registry);
        Gauge.builder("callstream.journal.size", bytes)
                .baseUnit("bytes")
                .description("Their size, as counted against callstream.journal.limit")
                .register(registry);
        Gauge.builder("callstream.journal.limit", () -> limit)
                .baseUnit("bytes")
                .description("Limit of the journal's size; past it callbacks are answered 503")
                .register(registry);
        TimeGauge.builder("callstream.journal.oldest.age", () -> oldestAge.get().toMillis(), TimeUnit.MILLISECONDS)
                .description("How long the oldest record has been waiting for Kafka")
                .register(registry);
    }

    /** Returns the timer of a disk journal's fsyncs. */
    public Timer journalSync() {
        return Timer.builder("callstream.journal.sync.time")
                .description(
                        "The journal's fsyncs; none where Kafka acknowledges in time and its acknowledgement counts")
                .register(registry);
    }

    /** Registers the gauges of a disk journal's memory. */
    public void journalMemory(long limit, Supplier<Number> bytes) {
        Gauge.builder("callstream.journal.memory.size", bytes)
                .baseUnit("bytes")
                .description("Records that are not written, not synced or about to be read, with their bookkeeping")
                .register(registry);
        Gauge.builder("callstream.journal.memory.limit", () -> limit)
                .baseUnit("bytes")
                .description("Limit of these; past it callbacks are answered 503: the disk is too slow")
                .register(registry);
    }

    /** Returns the counter of bytes that a disk journal cannot read any more. */
    public Counter journalDamage() {
        return Counter.builder("callstream.journal.damaged")
                .baseUnit("bytes")
                .description("Damaged bytes of the journal, which were skipped and kept")
                .register(registry);
    }

    /** Returns the counter of a disk journal's failed disk operations. */
    public Counter journalFailures() {
        return Counter.builder("callstream.journal.failures")
                .description("Writes, fsyncs, reads and deletions of the journal that failed")
                .register(registry);
    }

    /** Registers the gauges of a relay. */
    public void relay(
            long limit, Supplier<Number> inFlight, Supplier<Number> inFlightBytes, Supplier<Boolean> connected) {
        Gauge.builder("callstream.relay.in.flight.size", inFlightBytes)
                .baseUnit("bytes")
                .description("Bytes of the records that are sent to Kafka and not acknowledged")
                .register(registry);
        Gauge.builder("callstream.relay.in.flight.limit", () -> limit)
                .baseUnit("bytes")
                .description("Limit of these bytes; past it the relay waits for acknowledgements")
                .register(registry);
        Gauge.builder("callstream.relay.in.flight", inFlight)
                .description("Records sent to Kafka and not acknowledged")
                .register(registry);
        Gauge.builder("callstream.relay.connected", () -> connected.get() ? 1 : 0)
                .description("1 while Kafka accepts records, 0 while the relay waits for Kafka")
                .register(registry);
    }

    /** Returns the counter of the relay's restarts. A restarted relay continues at the cursor. */
    public Counter relayRestarts() {
        return Counter.builder("callstream.relay.restarts")
                .description("Restarts of the relay after an error, at the oldest unacknowledged record")
                .register(registry);
    }
}
