package io.callstream.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    private static final double MILLIS_PER_SECOND = 1000;

    /** As many as a tenants file may contain. */
    private static final int MOST_TENANTS = 1000;

    /** The statuses of refusals. Their counters begin at 0, because Prometheus sees no rise in a first value. */
    private static final List<Integer> STATUSES = List.of(400, 401, 403, 404, 405, 408, 413, 429, 431, 499, 503);

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT");

    private final MeterRegistry registry;
    private final Timer answerTime;
    private final Counter inKafka;
    private final Counter onDisk;
    private final Map<String, TenantMetrics> tenants = new ConcurrentHashMap<>();
    private final Map<String, Map<Integer, Counter>> requests = new ConcurrentHashMap<>();
    private final Map<String, Counter> quarantined = new ConcurrentHashMap<>();
    private final Map<Integer, Counter> refused = new ConcurrentHashMap<>();
    private final MultiGauge secretsLastUsed;
    private final MultiGauge secretsExpire;

    public GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.secretsLastUsed = MultiGauge.builder("callstream.secret.last.used")
                .baseUnit("seconds")
                .description("Time of the last request with this secret since the epoch; 0 before the first")
                .register(registry);
        this.secretsExpire = MultiGauge.builder("callstream.secret.expires")
                .baseUnit("seconds")
                .description("Time since the epoch from which this secret is refused")
                .register(registry);
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
        STATUSES.forEach(this::refusals);
        this.inKafka = durableCopies("kafka");
        this.onDisk = durableCopies("disk");
    }

    private Counter durableCopies(String copy) {
        return Counter.builder("callstream.callbacks.copies")
                .description("Callbacks of durable outcome, by the copy that their answer confirmed")
                .tag("copy", copy)
                .register(registry);
    }

    /** Returns the metrics of a tenant. A gateway that has seen {@value #MOST_TENANTS} names calls all others "other". */
    public TenantMetrics tenant(String name) {
        TenantMetrics known = tenants.get(name);
        if (known != null) {
            return known;
        }
        String label = tenants.size() < MOST_TENANTS ? name : "other";
        return tenants.computeIfAbsent(label, one -> new TenantMetrics(registry, one));
    }

    /** Counts callbacks of which a copy in Kafka, or else one on this gateway's disk, is confirmed. */
    public void durable(boolean isInKafka, int count) {
        (isInKafka ? inKafka : onDisk).increment(count);
    }

    /** Records that a request with callbacks is answered, or that its sender has closed the connection. */
    public void answered(long nanos) {
        answerTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Counts an answer.
     *
     * @param method any text; methods that HTTP does not define are counted together
     */
    public void request(String method, int status) {
        String label = METHODS.contains(method) ? method : "other";
        requests.computeIfAbsent(label, m -> new ConcurrentHashMap<>())
                .computeIfAbsent(
                        status,
                        s -> Counter.builder("callstream.requests")
                                .description("Answered requests on the callbacks' port, by method and status")
                                .tag("method", label)
                                .tag("status", Integer.toString(s))
                                .register(registry))
                .increment();
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

    /** Counts a request that was denied because of its credential. The reasons are a fixed list. */
    public void credentialDenied(String reason) {
        Counter.builder("callstream.credentials.denied")
                .description("Requests that were denied because of their credential, by reason")
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    /**
     * A tenant's secret, for metrics.
     *
     * @param name of the secret; it does not reveal it
     * @param lastUsedMillis since the epoch; 0 before the first use
     * @param expires {@code null} if it does not
     */
    public record SecretUse(
            String tenant,
            String name,
            LongSupplier lastUsedMillis,
            @Nullable Instant expires) {

        private Tags tags() {
            return Tags.of("tenant", tenant, "secret", name);
        }
    }

    /** Replaces the gauges of the tenants' secrets. */
    public void secrets(List<SecretUse> secrets) {
        secretsLastUsed.register(
                secrets.stream()
                        .map(secret -> MultiGauge.Row.of(
                                secret.tags(), () -> secret.lastUsedMillis().getAsLong() / MILLIS_PER_SECOND))
                        .toList(),
                true);
        List<MultiGauge.Row<?>> expiries = new ArrayList<>();
        for (SecretUse secret : secrets) {
            Instant expires = secret.expires();
            if (expires != null) {
                expiries.add(MultiGauge.Row.of(secret.tags(), expires::getEpochSecond));
            }
        }
        secretsExpire.register(expiries, true);
    }

    /** Registers the gauge of the tenants file. */
    public void tenantsFile(BooleanSupplier valid) {
        Gauge.builder("callstream.tenants.file.valid", () -> valid.getAsBoolean() ? 1 : 0)
                .description("1 while the tenants file is in use as it is now; 0 while it cannot be used, and its last"
                        + " good version is in use")
                .register(registry);
    }

    /**
     * What becomes of the spans of traces.
     *
     * @param ended spans that ended; one that is in neither of the others waits, or was dropped because too many waited
     * @param exported spans that the collector has accepted
     * @param failed spans that the collector has not accepted
     */
    public record Spans(Counter ended, Counter exported, Counter failed) {}

    /** Registers the counters of spans. */
    public Spans spans() {
        return new Spans(
                spans("ended", "Spans of traced requests that have ended"),
                spans("exported", "Spans that the collector has accepted"),
                spans("failed", "Spans that the collector has not accepted"));
    }

    private Counter spans(String outcome, String description) {
        return Counter.builder("callstream.spans." + outcome)
                .description(description)
                .register(registry);
    }

    /** Counts a request that is refused as a whole. */
    public void refused(int status) {
        refusals(status).increment();
    }

    private Counter refusals(int status) {
        return refused.computeIfAbsent(
                status,
                s -> Counter.builder("callstream.requests.refused")
                        .description("Requests whose callbacks were refused without being stored, by status")
                        .tag("status", Integer.toString(status))
                        .register(registry));
    }

    /** Counts a request that is refused before its head is read. */
    public void refusedUnread(int status) {
        refused(status);
        request("", status);
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

    /** Registers the gauges and counters of a journal. */
    public void journal(
            long limit,
            Supplier<Number> records,
            Supplier<Number> bytes,
            Supplier<Duration> oldestAge,
            LongSupplier appended,
            LongSupplier published) {
        FunctionCounter.builder("callstream.journal.appended", this, m -> appended.getAsLong())
                .baseUnit("records")
                .description("Records appended to the journal")
                .register(registry);
        FunctionCounter.builder("callstream.journal.published", this, m -> published.getAsLong())
                .baseUnit("records")
                .description("Records of the journal that Kafka has acknowledged, each once")
                .register(registry);
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

    /** Registers the gauges of a disk journal's disk. */
    public void journalDisk(long floor, Supplier<Number> freeBytes) {
        Gauge.builder("callstream.journal.disk.free", freeBytes)
                .baseUnit("bytes")
                .description("Free space of the journal's disk")
                .register(registry);
        Gauge.builder("callstream.journal.disk.floor", () -> floor)
                .baseUnit("bytes")
                .description("Below this free space callbacks are answered 503")
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
