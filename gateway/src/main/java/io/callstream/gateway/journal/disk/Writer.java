package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.journal.files.Cursor;
import io.callstream.gateway.journal.files.Segments;
import io.callstream.gateway.journal.queue.Append;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes appended records in groups and fsyncs them, writes them again after a failure, and deletes segments that are
 * published. Runs on the writer thread whenever it is signalled.
 */
final class Writer {

    /**
     * How long a group may grow if no append waits for the disk: a write costs about as much as ten more records in it.
     */
    private static final Duration GATHER = Duration.ofMillis(1);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Object lock;
    private final HeldRecords held;
    private final HandOut handOut;
    private final SyncPolicy policy;
    private final Segments segments;
    private final Cursor cursor;
    private final int memory;
    private final Runnable drain;
    private final Threads threads;
    private final Timer syncTime;
    private final OperatorMessages messages;

    /** The signals that are not handled yet. The call that raises the number from 0 schedules the thread. */
    private final AtomicInteger signals = new AtomicInteger();

    private volatile Duration delay = Duration.ZERO;

    /** When the thread was last scheduled or began to write a group. */
    private volatile long moved;

    /** After a deletion has failed, the next one is not before this. Set by the writer thread. */
    private volatile long deleteAgainAt;

    /**
     * @param lock guards {@code held}, {@code handOut} and {@code policy}
     * @param memory the most bytes that {@code held} may have
     * @param drain hands the written records to the relay
     */
    Writer(
            Object lock,
            HeldRecords held,
            HandOut handOut,
            SyncPolicy policy,
            Segments segments,
            Cursor cursor,
            int memory,
            Runnable drain,
            Threads threads,
            Timer syncTime,
            OperatorMessages messages) {
        this.lock = lock;
        this.held = held;
        this.handOut = handOut;
        this.policy = policy;
        this.segments = segments;
        this.cursor = cursor;
        this.memory = memory;
        this.drain = drain;
        this.threads = threads;
        this.syncTime = syncTime;
        this.messages = messages;
        this.deleteAgainAt = threads.nanoTime();
        this.moved = threads.nanoTime();
    }

    /** Sets whether a group may wait to grow, because no append waits for the disk. */
    void gathers(boolean gathers) {
        delay = gathers ? GATHER : Duration.ZERO;
    }

    /** Makes the writer thread look for work. Any thread may call it. */
    void signal() {
        if (signals.getAndIncrement() == 0) {
            moved = threads.nanoTime();
            Threads.run(threads.writer(), this::run, delay);
        }
    }

    /** Whether the thread has work and makes no progress. */
    boolean isStuck() {
        return signals.get() != 0 && threads.isStuck(moved);
    }

    /** Whether there is work although nothing was appended. Call it under the lock. */
    boolean isDue() {
        long now = threads.nanoTime();
        return isSyncDue(now)
                || (segments.hasBelow(handOut.cursor()) && now - deleteAgainAt >= 0)
                || (policy.refuses() && !policy.isPausing(now));
    }

    private void run() {
        int seen = 1;
        do {
            try {
                HeldRecords.Group group;
                while ((group = nextGroup()) != null) {
                    moved = threads.nanoTime();
                    segments.write(group.first(), group.records(), threads.wallMillis());
                    synchronized (lock) {
                        held.markWritten(group);
                    }
                    drain.run();
                    syncIfDue();
                }
                syncIfDue();
                deletePublished();
            } catch (IOException | RuntimeException | Error e) {
                // Any failure is handled here: the loop must continue, and the records that are not safe must be
                // written again.
                failed(e);
            }
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    private HeldRecords.@Nullable Group nextGroup() {
        synchronized (lock) {
            if (policy.isPausing(threads.nanoTime())) {
                return null;
            }
            HeldRecords.Group group = held.nextGroup();
            if (group == null && !held.isUnsynced()) {
                policy.nothingToTry();
            }
            return group;
        }
    }

    private void syncIfDue() throws IOException {
        long below;
        synchronized (lock) {
            if (!isSyncDue(threads.nanoTime())) {
                return;
            }
            below = held.written();
        }
        long began = threads.nanoTime();
        segments.sync();
        syncTime.record(threads.nanoTime() - began, TimeUnit.NANOSECONDS);
        List<Append> durable;
        boolean healed;
        synchronized (lock) {
            durable = held.markSynced(below);
            healed = policy.succeeded();
            // Kafka may have acknowledged these records before the fsync. Then nothing else would remove them from
            // memory.
            handOut.releasePublished();
            handOut.evict(memory / 2);
        }
        if (healed) {
            messages.recovered();
        }
        for (Append append : durable) {
            append.complete(Receipt.ON_DISK);
        }
    }

    private boolean isSyncDue(long now) {
        return held.isUnsynced() && policy.isDue(now, handOut.oldestAge(now), held.bytes() > memory / 4);
    }

    private void failed(Throwable failure) {
        long again;
        synchronized (lock) {
            again = held.safe();
        }
        segments.giveUp(again);
        synchronized (lock) {
            held.writeAgain();
            policy.failed(threads.nanoTime());
        }
        messages.failed(failure);
        signal();
    }

    private void deletePublished() {
        long below;
        synchronized (lock) {
            below = handOut.cursor();
        }
        if (segments.hasBelow(below) && threads.nanoTime() - deleteAgainAt >= 0) {
            try {
                // Otherwise a power loss could move the cursor back to records that are already deleted.
                cursor.sync();
                segments.deleteBelow(below);
                messages.deleted();
            } catch (IOException | RuntimeException | Error e) {
                deleteAgainAt = threads.nanoTime() + RETRY.toNanos();
                messages.notDeleted(e);
            }
        }
    }
}
