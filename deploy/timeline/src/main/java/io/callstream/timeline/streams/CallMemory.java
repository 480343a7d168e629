package io.callstream.timeline.streams;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that the remembered calls of all partitions take, and its limit. Thread-safe. */
final class CallMemory {

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** @param limit in bytes */
    CallMemory(long limit) {
        this.limit = limit;
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    boolean isFull() {
        return used.get() > limit;
    }

    long used() {
        return used.get();
    }

    long limit() {
        return limit;
    }
}
