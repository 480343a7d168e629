package io.callstream.gateway.journal.queue;

import java.time.Duration;

/** Measures how fast Kafka acknowledges records, over the last 5 to 10 seconds. Guarded by the journal's lock. */
public final class DrainRate {

    private static final long SPAN = Duration.ofSeconds(5).toNanos();
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private long since;
    private long bytes;
    private long formerBytes;
    private long records;

    public DrainRate(long now) {
        since = now;
    }

    public void add(long now, int size) {
        turn(now);
        bytes += size;
        records++;
    }

    /** The number of all records that were added. */
    public long records() {
        return records;
    }

    /**
     * The estimated time until Kafka has acknowledged this many bytes: 1 s to 1 min; 1 min if it acknowledges nothing.
     */
    public Duration until(long now, long gone) {
        turn(now);
        double perNano = (double) (bytes + formerBytes) / (now - since + SPAN);
        double nanos = perNano == 0 ? Double.MAX_VALUE : gone / perNano;
        if (nanos >= LONGEST.toNanos()) {
            return LONGEST;
        }
        return nanos <= SHORTEST.toNanos() ? SHORTEST : Duration.ofNanos((long) nanos);
    }

    private void turn(long now) {
        if (now - since >= SPAN) {
            formerBytes = now - since < 2 * SPAN ? bytes : 0;
            bytes = 0;
            since = now;
        }
    }
}
