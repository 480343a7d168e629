package io.callstream.dialler;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What came of a campaign so far. Written by the campaign's thread, read by any. */
public final class Tally {

    private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);
    private static final int DIGITS = 3;

    private final long began = System.nanoTime();
    private final LongAdder calls = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private final Map<Integer, LongAdder> refused = new ConcurrentSkipListMap<>();
    private final ConcurrentHistogram micros = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);
    private volatile long ended;

    void countCall() {
        calls.increment();
    }

    void countSent() {
        sent.increment();
    }

    /** @param nanos since the callback was due */
    void countAnswer(int status, long nanos) {
        micros.recordValue(Math.min(LONGEST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos)));
        if (status / 100 == 2) {
            accepted.increment();
        } else {
            refused.computeIfAbsent(status, s -> new LongAdder()).increment();
        }
    }

    void countUnanswered() {
        unanswered.increment();
    }

    void end() {
        ended = System.nanoTime();
    }

    public long calls() {
        return calls.sum();
    }

    public long sent() {
        return sent.sum();
    }

    /** Answered 2xx. */
    public long accepted() {
        return accepted.sum();
    }

    /** Answered otherwise, by status. */
    public Map<Integer, Long> refused() {
        Map<Integer, Long> refusals = new TreeMap<>();
        refused.forEach((status, count) -> refusals.put(status, count.sum()));
        return refusals;
    }

    public long refusals() {
        return refused.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Got no answer in time, or none at all. */
    public long unanswered() {
        return unanswered.sum();
    }

    public Duration elapsed() {
        return Duration.ofNanos((ended == 0 ? System.nanoTime() : ended) - began);
    }

    /** Answers a second. */
    public double rate() {
        return (accepted() + refusals()) / Math.max(1e-3, elapsed().toNanos() / 1e9);
    }

    /** From when each was due to its answer, in microseconds. */
    public Histogram latencies() {
        return micros.copy();
    }

    /**
     * Likewise, for a campaign that sends as fast as it is answered and so had nothing due while it waited: what would
     * have been is filled in, one callback for each that usually fits into the wait.
     */
    public Histogram latenciesCorrected() {
        Histogram measured = latencies();
        return measured.getTotalCount() == 0
                ? measured
                : measured.copyCorrectedForCoordinatedOmission(Math.max(1, (long) measured.getMean()));
    }
}
