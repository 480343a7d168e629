package io.callstream.gateway.journal.disk;

/**
 * What earlier runs have left, below a sequence: known once the loader has counted it, segment by segment. Guarded by the
 * journal's monitor.
 */
final class EarlierRuns {

    private final long end;
    private boolean isCounted;
    private long records;
    private long since;

    /**
     * @param end this run's first sequence
     * @param isEmpty whether there is nothing to count
     * @param now in nanoseconds
     */
    EarlierRuns(long end, boolean isEmpty, long now) {
        this.end = end;
        this.isCounted = isEmpty;
        this.since = now;
    }

    long end() {
        return end;
    }

    /** So many more wait; the oldest of them was appended then. */
    void found(long more, long oldestAt) {
        records += more;
        since = Math.min(since, oldestAt);
    }

    void counted() {
        isCounted = true;
    }

    void handedOut(long sequence) {
        if (sequence < end) {
            records--;
        }
    }

    /** How many wait to be handed out: until they are counted, at least one. */
    long waiting(long handedOutBelow) {
        return handedOutBelow >= end ? 0 : Math.max(isCounted ? 0 : 1, records);
    }

    /** Whether any are known to wait. */
    boolean isKnownToWait(long handedOutBelow) {
        return handedOutBelow < end && records > 0;
    }

    /** When the oldest was appended, in nanoseconds. */
    long since() {
        return since;
    }
}
