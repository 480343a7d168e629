package io.callstream.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The metrics of one tenant's callbacks. Safe for any number of threads. */
public final class TenantMetrics {

    /** The kind of a callback that cannot be decoded. */
    public static final String UNDECODABLE = "undecodable";

    private static final List<String> OUTCOMES = List.of("durable", "unknown", "full", "failing", "abandoned");
    private static final String UNKNOWN = "unknown";

    private final MeterRegistry registry;
    private final Tags tenant;
    private final AtomicLong lastCallbackMillis = new AtomicLong();
    private final Map<String, Map<String, Counter>> callbacks = new ConcurrentHashMap<>();
    private final DistributionSummary waiting;
    private final DistributionSummary talking;

    TenantMetrics(MeterRegistry registry, String name) {
        this.registry = registry;
        this.tenant = Tags.of("tenant", name);
        TimeGauge.builder(
                        "callstream.callbacks.last.time",
                        lastCallbackMillis,
                        TimeUnit.MILLISECONDS,
                        AtomicLong::doubleValue)
                .description("Time of the tenant's last callback since the epoch; 0 before the first")
                .tags(tenant)
                .register(registry);
        this.waiting = summary("callstream.bill.wait", "Waiting time of each bill that has one");
        this.talking = summary("callstream.bill.talk", "Talk time of each bill that has one");
    }

    private DistributionSummary summary(String name, String description) {
        return DistributionSummary.builder(name)
                .baseUnit("seconds")
                .description(description)
                .tags(tenant)
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
        Map<String, Counter> byOutcome = callbacks.computeIfAbsent(kind, this::byOutcome);
        Objects.requireNonNull(byOutcome.get(outcome)).increment(count);
    }

    /** All counters begin at 0: Prometheus does not see the rise of a counter that begins with another value. */
    private Map<String, Counter> byOutcome(String kind) {
        return OUTCOMES.stream().collect(Collectors.toMap(outcome -> outcome, outcome -> callbacks(kind, outcome)));
    }

    private Counter callbacks(String kind, String outcome) {
        return Counter.builder("callstream.callbacks")
                .description("Callbacks by tenant, kind and outcome")
                .tags(tenant)
                .tag("kind", kind)
                .tag("outcome", outcome)
                .register(registry);
    }

    /**
     * Sets the time of the tenant's last callback.
     *
     * @param millis since the epoch
     */
    public void received(long millis) {
        lastCallbackMillis.set(millis);
    }

    /**
     * Counts a bill.
     *
     * @param answered {@code null} if the bill does not say
     * @param cause one of the texts that the codec knows; {@code null} for any other cause
     * @param waitSeconds {@code null} if the bill does not say, like {@code talkSeconds}
     */
    public void bill(
            @Nullable Boolean answered,
            @Nullable String cause,
            @Nullable Long waitSeconds,
            @Nullable Long talkSeconds) {
        Counter.builder("callstream.bills")
                .description("Bills by whether the call was answered, and why it ended")
                .tags(tenant)
                .tag("answered", answered == null ? UNKNOWN : answered.toString())
                .tag("cause", cause == null ? UNKNOWN : cause)
                .register(registry)
                .increment();
        if (waitSeconds != null) {
            waiting.record(waitSeconds);
        }
        if (talkSeconds != null) {
            talking.record(talkSeconds);
        }
    }

    /** Counts a request that is above the tenant's rate. */
    public void aboveRate() {
        counter("callstream.tenant.above.rate", "Requests above their tenant's rate", Tags.empty())
                .increment();
    }

    /**
     * Counts a callback that is refused because its tenant has used its share.
     *
     * @param of what is shared: {@code journal} or {@code reception}
     */
    public void aboveShare(String of) {
        counter(
                        "callstream.tenant.above.share",
                        "Callbacks refused because their tenant has used its share of the journal or of the reception"
                                + " memory",
                        Tags.of("of", of))
                .increment();
    }

    /** Counts rejected items that are not quarantined, because the tenant's quota of the day is used up. */
    public void aboveQuarantineQuota(int count) {
        counter(
                        "callstream.tenant.unquarantined",
                        "Rejected items that are not in quarantine, because the tenant's quota of the day is used up",
                        Tags.empty())
                .increment(count);
    }

    private Counter counter(String name, String description, Tags tags) {
        return Counter.builder(name)
                .description(description)
                .tags(tenant.and(tags))
                .register(registry);
    }
}
