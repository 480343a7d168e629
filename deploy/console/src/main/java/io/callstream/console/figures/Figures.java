package io.callstream.console.figures;

import io.callstream.gateway.journal.Backlog;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.metrics.TenantMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes a sample of this gateway's metrics every {@value #STEP_SECONDS} s and keeps those of the last hour, 720 of 64
 * bytes. The metrics are the same that Prometheus scrapes. Thread-safe.
 */
public final class Figures {

    static final int STEP_SECONDS = 5;

    private static final int MOST = 720;

    /** A minute. */
    private static final int LOOKS = 60 / STEP_SECONDS;

    private static final double QUANTILE = 0.99;

    /**
     * The gateway at one moment.
     *
     * @param callbacks durably stored callbacks per second since the last sample
     * @param refused refused requests and quarantined items per second since the last sample
     * @param answerMillis 99 % of the answers since the last sample took at most so long, 2000 also stands for longer; NaN
     *     if there were none
     * @param records records that Kafka has not acknowledged
     * @param bytes what they take of the journal's limit
     * @param oldestSeconds the age of the oldest of them
     */
    public record Sample(
            Instant at,
            double callbacks,
            double refused,
            double answerMillis,
            long records,
            long bytes,
            double oldestSeconds) {}

    private final MeterRegistry registry;
    private final Journal journal;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long sampledAt;
    private double callbacks = Double.NaN;
    private double refused;
    private long count;
    private CountAtBucket[] answers = new CountAtBucket[0];

    public Figures(MeterRegistry registry, Journal journal) {
        this.registry = registry;
        this.journal = journal;
    }

    /** How often {@link #sample} is to be called. */
    public static Duration step() {
        return Duration.ofSeconds(STEP_SECONDS);
    }

    /** Takes a sample. */
    public synchronized void sample() {
        long now = System.nanoTime();
        double seconds = (now - sampledAt) / 1e9;
        sampledAt = now;
        double callbacksNow = accepted();
        double refusedNow = sum("callstream.requests.refused") + sum("callstream.quarantined");
        Timer timer = registry.find("callstream.answer.time").timer();
        CountAtBucket[] answersNow =
                timer == null ? new CountAtBucket[0] : timer.takeSnapshot().histogramCounts();
        long countNow = timer == null ? 0 : timer.count();
        if (!Double.isNaN(callbacks)) {
            Backlog backlog = journal.backlog();
            samples.add(new Sample(
                    Instant.now(),
                    (callbacksNow - callbacks) / seconds,
                    (refusedNow - refused) / seconds,
                    quantile(answers, answersNow, countNow - count),
                    backlog.records(),
                    backlog.bytes(),
                    backlog.oldestAge().toMillis() / 1000.0));
        }
        callbacks = callbacksNow;
        refused = refusedNow;
        answers = answersNow;
        count = countNow;
        if (samples.size() > MOST) {
            samples.remove();
        }
    }

    /** Quarantined items are durable, too, but refused. */
    private double accepted() {
        return registry.find("callstream.callbacks").tag("outcome", "durable").counters().stream()
                .filter(counter ->
                        !TenantMetrics.UNDECODABLE.equals(counter.getId().getTag("kind")))
                .mapToDouble(Counter::count)
                .sum();
    }

    private double sum(String name) {
        return registry.find(name).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** The bound of the bucket below which 99 % of the new values are; that of the last bucket if they are above it. */
    private static double quantile(CountAtBucket[] before, CountAtBucket[] now, long all) {
        if (now.length == 0 || before.length != now.length || all == 0) {
            return Double.NaN;
        }
        for (int i = 0; i < now.length; i++) {
            double below = now[i].count() - before[i].count();
            if (below >= QUANTILE * all) {
                return now[i].bucket(TimeUnit.MILLISECONDS);
            }
        }
        return now[now.length - 1].bucket(TimeUnit.MILLISECONDS);
    }

    /** The samples of the last hour, the oldest first. */
    public synchronized List<Sample> lastHour() {
        return new ArrayList<>(samples);
    }

    /**
     * The time until the journal is full if it grows as in the last minute; {@code null} if it does not grow.
     *
     * @param samples at least a minute's, the oldest first; fewer show no growth
     * @param limit the journal's size limit in bytes
     */
    public static @Nullable Duration untilFull(List<Sample> samples, double limit) {
        int last = samples.size() - 1;
        if (last < LOOKS) {
            return null;
        }
        Sample now = samples.get(last);
        Sample before = samples.get(last - LOOKS);
        double growth = (now.bytes() - before.bytes()) / (double) (LOOKS * STEP_SECONDS);
        return growth <= 0 || now.records() == 0
                ? null
                : Duration.ofSeconds((long) Math.max(0, (limit - now.bytes()) / growth));
    }
}
