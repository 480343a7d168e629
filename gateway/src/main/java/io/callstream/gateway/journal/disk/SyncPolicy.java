package io.callstream.gateway.journal.disk;

import java.time.Duration;

/**
 * When what is written is to be synced, and how long a disk that fails is left alone. Guarded by the journal's monitor.
 *
 * <pre>
 *               a write or sync fails               fails again
 *    WORKING ──────────────────────────► RETRYING ──────────────► REFUSING ──┐ one try a second,
 *       ▲                                  │   ▲                    │   ▲    │ nothing is accepted
 *       └──────────── a sync ◄─────────────┘   └── nothing left ◄───┤   └────┘
 *       └──────────── a sync ◄──────────────────────  to try  ──────┘
 * </pre>
 */
final class SyncPolicy {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private enum State {
        WORKING,
        RETRYING,
        REFUSING
    }

    private final Duration kafkaWithin;
    private State state = State.WORKING;
    private long retryAt;
    private boolean kafkaCounts;

    /**
     * Kafka's acknowledgement began to count while records waited for a sync. Those that it had acknowledged before will not
     * be acknowledged again, so one sync has to answer them.
     */
    private boolean owesSync;

    private boolean closing;

    /** @param kafkaWithin how long the oldest record waits for Kafka, where its acknowledgement counts */
    SyncPolicy(Duration kafkaWithin) {
        this.kafkaWithin = kafkaWithin;
    }

    /**
     * Whether what is written and not synced is to be synced now.
     *
     * @param oldestAge of the unpublished records, in nanoseconds: while it is more than the limit every group is synced at once
     * @param memoryIsShort whether what is on disk could make room
     */
    boolean isDue(long now, long oldestAge, boolean memoryIsShort) {
        return !isPausing(now)
                && (!kafkaCounts
                        || owesSync
                        || closing
                        || memoryIsShort
                        || state != State.WORKING
                        || oldestAge >= kafkaWithin.toNanos());
    }

    /** Whether the disk is left alone for now. */
    boolean isPausing(long now) {
        return state == State.REFUSING && now - retryAt < 0;
    }

    /** Whether the disk has failed twice, so that nothing more is accepted. */
    boolean refuses() {
        return state == State.REFUSING;
    }

    void failed(long now) {
        state = state == State.WORKING ? State.RETRYING : State.REFUSING;
        retryAt = now + RETRY.toNanos();
    }

    /** A sync has succeeded; whether that ended a failure. */
    boolean succeeded() {
        boolean healed = state != State.WORKING;
        state = State.WORKING;
        owesSync = false;
        return healed;
    }

    /** Kafka has taken all that failed: the next append is the next try. */
    void nothingToTry() {
        if (state == State.REFUSING) {
            state = State.RETRYING;
        }
    }

    /**
     * Whether Kafka's acknowledgement counts from now on.
     *
     * @param someWait whether there are records that are neither synced nor released
     */
    void kafkaCounts(boolean counts, boolean someWait) {
        owesSync |= counts && !kafkaCounts && someWait;
        kafkaCounts = counts;
    }

    void closing() {
        closing = true;
    }
}
