package io.callstream.gateway.security;

/**
 * A tenant's part of the journal. It counts the bytes that the tenant has stored since the journal was last nearly
 * empty: at least as many as the tenant has in it. Safe for any number of threads.
 */
public final class JournalShare {

    private static final int ALL = 100;

    private final int percent;
    private long bytes;
    private long backlog;

    JournalShare(int percent) {
        this.percent = percent;
    }

    /** Whether the tenant may fill the whole journal. */
    public boolean isAll() {
        return percent == ALL;
    }

    /**
     * Whether the tenant has stored less than its share.
     *
     * @param limit the journal's size limit in bytes
     * @param current the number of the backlog: it rises each time that the journal is nearly empty
     */
    public synchronized boolean isLeft(long limit, long current) {
        return backlog != current || bytes < limit / ALL * percent;
    }

    public synchronized void add(long more, long current) {
        if (backlog != current) {
            backlog = current;
            bytes = 0;
        }
        bytes += more;
    }
}
