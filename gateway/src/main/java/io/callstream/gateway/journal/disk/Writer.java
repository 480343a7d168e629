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
 * Writes what was appended, a group at a time, and syncs it; writes again what the disk has not taken; deletes what Kafka
 * has. On a thread of its own, which runs whenever it is signalled.
 */
final class Writer {

    /** A write costs about as much as ten more records in it, so where nobody waits for the disk a group waits to grow. */
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

    /** Signals that are not worked off yet: whoever raises it from zero has the thread run. */
    private final AtomicInteger signals = new AtomicInteger();

    private volatile Duration delay = Duration.ZERO;

    /** When it last got on with its work. */
    private volatile long moved;

    /** Of its thread alone. */
    private long deleteAgainAt;

    /**
     * @param lock guards {@code held}, {@code handOut} and {@code policy}
     * @param memory bytes, the most that {@code held} may have
     * @param drain has the relay get what is written
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

    /** Whether groups may wait to become larger, because nobody waits for the disk. */
    void gathers(boolean gathers) {
        delay = gathers ? GATHER : Duration.ZERO;
    }

    /** There may be something to do. */
    void signal() {
        if (signals.getAndIncrement() == 0) {
            moved = threads.nanoTime();
            Threads.run(threads.writer(), this::run, delay);
        }
    }

    /** Whether it has work and does not get on with it. */
    boolean isStuck() {
        return signals.get() != 0 && threads.isStuck(moved);
    }

    /** Whether there is something to do although nothing was appended. To be called under the lock. */
    boolean isDue() {
        long now = threads.nanoTime();
        return isSyncDue(now) || segments.hasBelow(handOut.cursor()) || (policy.refuses() && !policy.isPausing(now));
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
                // Whatever it was: the loop must not end with it, and what is not safe yet is to be written again.
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
            // Kafka's acknowledgement may have come before the fsync, and then nothing else would release them.
            handOut.releasePublished();
            handOut.evict(memory / 2);
        }
        if (healed) {
            messages.recovered();
        }
        for (Append append : durable) {
            append.tell(Receipt.DURABLE);
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
                // Or a loss of power could take the cursor back to before records that are gone.
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
