package io.callstream.gateway.journal.disk;

import java.time.Duration;

/**
 * Decides when written records are fsynced, and how long the writer pauses after failures. Guarded by the journal's
 * lock.
 *
 * <pre>
 *               a write or fsync fails              fails again
 *    WORKING ──────────────────────────► RETRYING ──────────────► REFUSING ──┐ one retry per second,
 *       ▲                                  │   ▲                    │   ▲    │ appends are refused
 *       └──────── fsync succeeds ◄─────────┘   └─ nothing to retry ◄┤   └────┘
 *       └──────── fsync succeeds ◄──────────────────────────────────┘
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
     * Kafka's acknowledgement became durable while records waited for an fsync. Kafka does not repeat the
     * acknowledgements that it sent before, so one fsync has to answer these records.
     */
    private boolean owesSync;

    private boolean closing;

    /** @param kafkaWithin how long the oldest record waits for Kafka's acknowledgement, if that is durable */
    SyncPolicy(Duration kafkaWithin) {
        this.kafkaWithin = kafkaWithin;
    }

    /**
     * Whether the written records have to be fsynced now.
     *
     * @param oldestAge the age of the oldest unpublished record, in nanoseconds; from the limit on, every group is
     *     fsynced immediately
     * @param memoryIsShort whether an fsync is needed so that records can be removed from memory
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

    /** Whether the writer has to leave the disk alone until the next retry. */
    boolean isPausing(long now) {
        return state == State.REFUSING && now - retryAt < 0;
    }

    /** Whether appends are refused, because the disk has failed twice. */
    boolean refuses() {
        return state == State.REFUSING;
    }

    void failed(long now) {
        state = state == State.WORKING ? State.RETRYING : State.REFUSING;
        retryAt = now + RETRY.toNanos();
    }

    /** An fsync has succeeded. Returns whether this ends a failure. */
    boolean succeeded() {
        boolean healed = state != State.WORKING;
        state = State.WORKING;
        owesSync = false;
        return healed;
    }

    /**
     * Kafka has acknowledged all records that the disk failed to store: appends are accepted again, and the next one is
     * the retry.
     */
    void nothingToTry() {
        if (state == State.REFUSING) {
            state = State.RETRYING;
        }
    }

    /**
     * Sets whether Kafka's acknowledgement is durable.
     *
     * @param someWait whether memory holds records that are not fsynced
     */
    void setKafkaCounts(boolean counts, boolean someWait) {
        owesSync |= counts && !kafkaCounts && someWait;
        kafkaCounts = counts;
    }

    void closing() {
        closing = true;
    }
}
