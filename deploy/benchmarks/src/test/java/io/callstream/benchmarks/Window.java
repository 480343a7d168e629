package io.callstream.benchmarks;

import io.callstream.dialler.BodyForm;
import io.callstream.dialler.GatewayAddress;
import io.callstream.dialler.Plan;
import io.callstream.dialler.Platform;
import io.callstream.dialler.Tally;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;

/**
 * The result of one period of load on one subject. Percentiles are latencies in milliseconds. CPU time, allocated bytes
 * and context switches are per accepted callback.
 *
 * @param perSecond answers per second
 * @param residentMegabytes the resident memory at the end
 * @param failures the number of callbacks without an answer 2xx
 */
record Window(
        String subject,
        double perSecond,
        double p50,
        double p99,
        double p999,
        double cpuMicros,
        double allocatedBytes,
        double switches,
        double residentMegabytes,
        long failures) {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Sends as fast as the subject answers. */
    static Window atTopRate(Subject subject, BodyForm form, int connections, Duration length) {
        return of(subject, form, connections, length, 0);
    }

    /** @param rate callbacks per second; 0 means as fast as they are answered */
    static Window of(Subject subject, BodyForm form, int connections, Duration length, double rate) {
        GatewayAddress address = GatewayAddress.of("127.0.0.1:" + subject.port(), null);
        long seed = ThreadLocalRandom.current().nextLong(1L << 40);
        Plan plan = rate == 0 ? Plan.asFastAsAnswered(seed, Long.MAX_VALUE) : Plan.atRate(seed, rate, Long.MAX_VALUE);
        try (Platform platform = new Platform(address, form, connections, PATIENCE)) {
            Subject.Usage before = subject.usage();
            long end = System.nanoTime() + length.toNanos();
            Tally tally = platform.play(plan, () -> System.nanoTime() - end < 0);
            Subject.Usage after = subject.usage();
            Histogram latencies = rate == 0 ? tally.latenciesCorrected() : tally.latencies();
            double callbacks = tally.accepted();
            return new Window(
                    subject.name(),
                    tally.rate(),
                    latencies.getValueAtPercentile(50) / 1000.0,
                    latencies.getValueAtPercentile(99) / 1000.0,
                    latencies.getValueAtPercentile(99.9) / 1000.0,
                    after.cpu().minus(before.cpu()).toNanos() / 1e3 / callbacks,
                    (after.allocatedBytes() - before.allocatedBytes()) / callbacks,
                    (after.switches() - before.switches()) / callbacks,
                    after.residentBytes() / 1e6,
                    tally.refusals() + tally.unanswered());
        }
    }

    /** The same result under another name. */
    Window as(String name) {
        return new Window(
                name, perSecond, p50, p99, p999, cpuMicros, allocatedBytes, switches, residentMegabytes, failures);
    }

    @Override
    public String toString() {
        return "%-22s %7.0f/s  p50 %5.1f  p99 %6.1f  p99.9 %6.1f ms  CPU %6.1f µs  %6.1f KB  %.2f switches  %.0f MB resident"
                .formatted(
                        subject,
                        perSecond,
                        p50,
                        p99,
                        p999,
                        cpuMicros,
                        allocatedBytes / 1024,
                        switches,
                        residentMegabytes);
    }
}
