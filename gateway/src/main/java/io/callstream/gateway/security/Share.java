package io.callstream.gateway.security;

import java.util.concurrent.atomic.AtomicLong;

/** A tenant's part of the memory for bodies that are being received. Safe for any number of threads. */
public final class Share {

    private static final int ALL = 100;

    private final int percent;
    private final AtomicLong used = new AtomicLong();

    Share(int percent) {
        this.percent = percent;
    }

    /**
     * Takes bytes. Returns {@code false}, and takes nothing, if the tenant would then have more than its share.
     *
     * @param limit the bytes that all tenants have together
     */
    public boolean take(long bytes, long limit) {
        if (percent == ALL) {
            return true;
        }
        if (used.addAndGet(bytes) <= limit / ALL * percent) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** Returns bytes that were taken. */
    public void release(long bytes) {
        if (percent != ALL) {
            used.addAndGet(-bytes);
        }
    }
}
