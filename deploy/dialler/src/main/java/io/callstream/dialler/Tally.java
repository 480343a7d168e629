package io.callstream.dialler;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Counts the callbacks and answers of a campaign. Written by the campaign's thread, readable by any thread at any time.
 */
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

    /** @param nanos the time since the callback was due */
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

    /** The number of callbacks answered 2xx. */
    public long accepted() {
        return accepted.sum();
    }

    /** The number of callbacks with any other answer, by status. */
    public Map<Integer, Long> refused() {
        Map<Integer, Long> refusals = new TreeMap<>();
        refused.forEach((status, count) -> refusals.put(status, count.sum()));
        return refusals;
    }

    public long refusals() {
        return refused.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** The number of callbacks without an answer: the connection failed or the answer timed out. */
    public long unanswered() {
        return unanswered.sum();
    }

    public Duration elapsed() {
        return Duration.ofNanos((ended == 0 ? System.nanoTime() : ended) - began);
    }

    /** Answers per second. */
    public double rate() {
        return (accepted() + refusals()) / Math.max(1e-3, elapsed().toNanos() / 1e9);
    }

    /**
     * The time from when a callback was due to its answer, in microseconds. Values above 10 minutes count as 10
     * minutes.
     */
    public Histogram latencies() {
        return micros.copy();
    }

    /**
     * The {@link #latencies()}, corrected for coordinated omission. A campaign that is as fast as answered sends
     * nothing while it waits for a slow answer. The correction adds the callbacks that it would have sent meanwhile,
     * one for each mean latency.
     */
    public Histogram latenciesCorrected() {
        Histogram measured = latencies();
        return measured.getTotalCount() == 0
                ? measured
                : measured.copyCorrectedForCoordinatedOmission(Math.max(1, (long) measured.getMean()));
    }
}
