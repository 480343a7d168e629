package io.callstream.timeline.streams;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the remembered calls of all partitions take, and its limit. While it is exceeded, only partitions
 * above their equal share of it have to forget calls: many calls in one of them cost the others nothing. Thread-safe.
 */
final class CallMemory {

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final AtomicInteger partitions = new AtomicInteger();

    /** @param limit in bytes */
    CallMemory(long limit) {
        this.limit = limit;
    }

    void open() {
        partitions.incrementAndGet();
    }

    /** @param bytes what the partition still has */
    void close(long bytes) {
        partitions.decrementAndGet();
        used.addAndGet(-bytes);
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Whether a partition that has so many bytes has to forget calls. */
    boolean isOver(long bytes) {
        return used.get() > limit && bytes > limit / Math.max(1, partitions.get());
    }

    long used() {
        return used.get();
    }

    long limit() {
        return limit;
    }
}
