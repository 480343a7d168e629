package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.journal.queue.Append;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Answers overdue appends {@link Receipt#UNKNOWN}, and signals the writer when an fsync, a retry or a deletion is due.
 * Runs on the clock thread every 10 ms. Takes the journal's lock for each check, and answers outside it.
 */
final class Deadlines {

    static final Duration TICK = Duration.ofMillis(10);

    private final Object lock;
    private final HeldRecords held;
    private final Writer writer;
    private final Threads threads;
    private final long answerWithin;
    private volatile long moved;

    Deadlines(Object lock, HeldRecords held, Writer writer, Threads threads, Duration answerWithin) {
        this.lock = lock;
        this.held = held;
        this.writer = writer;
        this.threads = threads;
        this.answerWithin = answerWithin.toNanos();
        this.moved = threads.nanoTime();
    }

    void tick() {
        moved = threads.nanoTime();
        answer(answerWithin);
        boolean due;
        synchronized (lock) {
            due = writer.isDue();
        }
        if (due) {
            writer.signal();
        }
    }

    /** Answers all appends that still wait for a receipt. */
    void answerAll() {
        answer(0);
    }

    private void answer(long age) {
        for (Append overdue; (overdue = next(age)) != null; ) {
            overdue.complete(Receipt.UNKNOWN);
        }
    }

    private @Nullable Append next(long age) {
        synchronized (lock) {
            return held.overdue(threads.nanoTime() - age);
        }
    }

    boolean isStuck() {
        return threads.isStuck(moved);
    }
}
