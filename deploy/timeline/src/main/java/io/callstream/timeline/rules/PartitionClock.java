package io.callstream.timeline.rules;

/**
 * The time of a partition, by which events wait. Neither the wall clock nor the records' times alone would do: records
 * are late after an outage and during a replay, a gateway's clock can be wrong, and a quiet partition has no records.
 *
 * <ul>
 *   <li><b>Call time</b> is the greatest {@code min(receivedAt, appendedAt)} of the records. Kafka's time of appending
 *       bounds a gateway's clock that is fast. While the partition is idle at its end, the wall clock carries it on.
 *   <li><b>Patience</b> is the time that counts for a wait. It is call time, except while a gateway publishes a backlog:
 *       then events of the same call can be in another gateway's backlog, which comes later.
 * </ul>
 *
 * <pre>
 *   no backlog                          1 ms of call time = 1 ms of patience
 *   a backlog of constant age          60 s of appending  = 2 s: probably a gateway's clock is slow
 *   a backlog whose age changes        15 min             = 2 s
 * </pre>
 *
 * <p>Not thread-safe. Times are milliseconds; see {@link Moment}.
 */
public final class PartitionClock {

    /** A record that is older than this when Kafka appends it was in a backlog. */
    private static final long BACKLOG_MILLIS = 5_000;

    /** So long after the last record of a backlog, another gateway's may still begin. */
    private static final long QUIET_MILLIS = 10_000;

    /** The age of a backlog's records changes by more than this, unless a slow clock is the cause. */
    private static final long STEADY_MILLIS = 2_000;

    private static final int STEADY_SLOWNESS = 30;
    private static final int CHANGING_SLOWNESS = 450;

    /** Patience is counted in parts of a millisecond, so that nothing is lost by rounding. */
    private static final int PARTS = CHANGING_SLOWNESS;

    private long callTime;
    private long appended;
    private long parts;

    private long backlogAt = Long.MIN_VALUE / 2;
    private long age;
    private long ageChangedAt = Long.MIN_VALUE / 2;

    private long wall;
    private boolean observed;

    /**
     * @param callTime the least call time, from a former run; 0 if there was none
     * @param patience the least patience, from a former run; 0 if there was none
     */
    public PartitionClock(long callTime, long patience) {
        this.callTime = callTime;
        this.parts = patience * PARTS;
    }

    /** Returns the present time. */
    public Moment now() {
        return new Moment(callTime, parts / PARTS);
    }

    /** Returns whether a gateway publishes a backlog. */
    private boolean isBacklog() {
        return appended - backlogAt < QUIET_MILLIS;
    }

    /**
     * Sees a record.
     *
     * @param receivedAt when the gateway read the callback, by the gateway's clock
     * @param appendedAt when Kafka appended the record, by the broker's clock
     */
    public void record(long receivedAt, long appendedAt) {
        observed = true;
        long before = appended == 0 ? appendedAt : appended;
        long appendedAfter = Math.max(before, appendedAt);
        long old = appendedAt - receivedAt;
        if (old > BACKLOG_MILLIS) {
            if (!isBacklog() || Math.abs(old - age) > STEADY_MILLIS) {
                age = old;
                ageChangedAt = appendedAfter;
            }
            backlogAt = appendedAfter;
        }
        advance(Math.max(callTime, Math.min(receivedAt, appendedAt)), before, appendedAfter);
    }

    /**
     * Sees that time passes. Call it at regular intervals.
     *
     * @param now the wall clock; only differences between two calls count
     * @param longestStep the most milliseconds by which this carries the clock on: a thread that was paused has not seen
     *     what came meanwhile
     * @param isAtEnd whether the partition has no further record, and that is known
     */
    public void tick(long now, long longestStep, boolean isAtEnd) {
        long step = Math.max(0, Math.min(longestStep, now - wall));
        boolean isIdle = isAtEnd && !observed && wall != 0;
        wall = now;
        observed = false;
        if (isIdle && callTime != 0) {
            advance(callTime + step, appended, appended + step);
        }
    }

    private void advance(long toCallTime, long fromAppended, long toAppended) {
        long passed = callTime == 0 ? 0 : toCallTime - callTime;
        if (toAppended - backlogAt < QUIET_MILLIS) {
            boolean isSteady = toAppended - ageChangedAt > BACKLOG_MILLIS;
            parts += (toAppended - fromAppended) * PARTS / (isSteady ? STEADY_SLOWNESS : CHANGING_SLOWNESS);
        } else {
            parts += passed * PARTS;
        }
        callTime = toCallTime;
        appended = toAppended;
    }
}
