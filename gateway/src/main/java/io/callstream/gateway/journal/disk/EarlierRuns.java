package io.callstream.gateway.journal.disk;

/**
 * Counts the records that earlier runs left and that are not handed out yet. All of them are below {@code end}. The
 * number is complete when the loader thread has counted every segment. Guarded by the journal's lock.
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

    /**
     * Adds the unpublished records of one segment; the oldest of them was appended at {@code oldestAt}, in nanoseconds.
     */
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

    /** The number of records that are not handed out: at least 1 until all segments are counted. */
    long waiting(long reached) {
        return reached >= end ? 0 : Math.max(isCounted ? 0 : 1, records);
    }

    /** Whether records that are already counted are not handed out. */
    boolean isKnownToWait(long reached) {
        return reached < end && records > 0;
    }

    /** When the oldest record was appended, in nanoseconds. */
    long since() {
        return since;
    }
}
