package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.Window;
import io.callstream.gateway.journal.files.Cursor;
import io.callstream.gateway.journal.queue.Append;
import io.callstream.gateway.journal.queue.DrainRate;
import io.callstream.gateway.journal.queue.Entry;
import io.callstream.gateway.journal.queue.InFlight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands each written record to a reader once, in order, within its window, and moves the cursor as Kafka acknowledges them.
 * Called by the writer, the loader and Kafka's I/O thread. Guarded by the journal's monitor.
 *
 * <pre>
 *        cursor                read            reached
 *   ───────┼─────────────────────┼────────────────┼─────────────────────────────────
 *          │ given to the reader │ given to       │ given to nobody: on disk alone,
 *          │ that there is       │ an earlier one │ fetched from there, or in memory
 * </pre>
 */
final class HandOut {

    private final HeldRecords held;
    private final EarlierRuns earlier;
    private final Cursor cursor;
    private final Runnable fetch;
    private final InFlight inFlight = new InFlight();
    private final DrainRate rate;

    private final Deque<Entry> fetched = new ArrayDeque<>();
    private long fetchedBytes;

    /** Nothing below this is still to be fetched. */
    private long fetchedBelow;

    private long read;
    private long reached;

    /** When the oldest record was appended that was given to nobody and is on disk alone. */
    private long evictedSince;

    private long cursorMoved;

    /** @param fetch has the loader fetch what comes from {@link #read} on */
    HandOut(HeldRecords held, EarlierRuns earlier, Cursor cursor, Runnable fetch, long now) {
        this.held = held;
        this.earlier = earlier;
        this.cursor = cursor;
        this.fetch = fetch;
        this.rate = new DrainRate(now);
        this.read = cursor.position();
        this.reached = read;
        this.cursorMoved = now;
    }

    // ---- to the relay

    /** Another reader begins, at the oldest record that is not published. */
    void rewind(Window window) {
        inFlight.rewind(window);
        read = cursor.position();
        letGoOfFetched();
        fetchedBelow = 0;
    }

    /** The next record; nothing where there is none, or the window has no room for it. */
    @Nullable
    JournaledRecord next(long now) {
        for (Entry next; (next = peek(now)) != null; ) {
            long sequence = next.record().sequence();
            InFlight.Taken taken = inFlight.take(next);
            if (taken == InFlight.Taken.NO_ROOM) {
                return null;
            }
            if (taken == InFlight.Taken.NEW) {
                earlier.handedOut(sequence);
            }
            moveTo(sequence + 1);
            if (taken != InFlight.Taken.DONE) {
                return next.record();
            }
        }
        return null;
    }

    /** The first record from {@code read} on; nothing where there is none, or it is being fetched. */
    private @Nullable Entry peek(long now) {
        while (read < held.written()) {
            if (read >= held.first()) {
                return held.get(read);
            }
            Entry first;
            while ((first = fetched.peek()) != null && first.record().sequence() < read) {
                fetchedBytes -= first.size();
                fetched.poll();
            }
            if (first != null) {
                return first;
            }
            if (fetchedBelow <= read) {
                fetch.run();
                return null;
            }
            // There is none before.
            moveTo(fetchedBelow);
            advanceCursor(now);
        }
        return null;
    }

    private void moveTo(long sequence) {
        read = sequence;
        reached = Math.max(reached, sequence);
    }

    // ---- from the disk

    /** Where the next reader or fetch begins. */
    long read() {
        return read;
    }

    /**
     * Takes what was fetched, unless a reader has begun anew meanwhile.
     *
     * @param from where {@link #read} was
     * @param below nothing below this is still to be fetched
     */
    void fetched(long from, List<Entry> records, long below) {
        if (read == from) {
            letGoOfFetched();
            for (Entry record : records) {
                fetchedBytes += record.size();
                fetched.add(record);
            }
            fetchedBelow = below;
        }
    }

    private void letGoOfFetched() {
        fetched.clear();
        fetchedBytes = 0;
    }

    /** Bytes of the records that were fetched and wait. */
    long fetchedBytes() {
        return fetchedBytes;
    }

    // ---- from Kafka

    /** Kafka has acknowledged the record: who waited for it, nothing where it is none that is out. */
    @Nullable
    Append markPublished(long sequence, long now) {
        InFlight.Published published = inFlight.publish(sequence);
        if (published == null) {
            return null;
        }
        rate.add(now, published.bytes());
        return published.append();
    }

    /** Moves the cursor to the oldest record that is not published. */
    void advanceCursor(long now) {
        long low = inFlight.isEmpty() ? reached : inFlight.firstSequence();
        try {
            if (low > cursor.position()) {
                cursor.advance(low);
                cursorMoved = now;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // A reader that has begun anew need not get what was acknowledged since.
        read = Math.max(read, low);
        releasePublished();
    }

    /** Lets go of what Kafka has, but for what an append still waits to see on disk. */
    void releasePublished() {
        while (held.canRelease(cursor.position())) {
            held.removeFirst();
        }
    }

    /** Lets go of what is safe on disk until no more than so many bytes are held. */
    void evict(long bytes) {
        while (held.canEvict(bytes)) {
            if (handedOutBelow() == held.first()) {
                evictedSince = held.get(held.first()).appendedAt();
            }
            held.removeFirst();
        }
    }

    // ---- what waits

    private long handedOutBelow() {
        return Math.max(reached, earlier.end());
    }

    /** All records below this sequence are published, and this one is not. */
    long cursor() {
        return cursor.position();
    }

    InFlight inFlight() {
        return inFlight;
    }

    /** Records that are not published. */
    long unpublished() {
        return inFlight.out() + earlier.waiting(reached) + held.end() - handedOutBelow();
    }

    /** Of the unpublished records, in nanoseconds; 0 where there is none. */
    long oldestAge(long now) {
        return Math.max(0, now - oldestSince(now));
    }

    private long oldestSince(long now) {
        if (!inFlight.isEmpty()) {
            return inFlight.firstAppendedAt();
        }
        if (earlier.isKnownToWait(reached)) {
            return earlier.since();
        }
        if (handedOutBelow() < held.first()) {
            return evictedSince;
        }
        // What is published and waits for its fsync alone is not old.
        long oldest = Math.max(reached, held.first());
        return oldest < held.end() ? held.get(oldest).appendedAt() : now;
    }

    /** How long the cursor has stayed where it is, in nanoseconds. */
    long unmoved(long now) {
        return now - cursorMoved;
    }

    /** How long it takes until so many bytes have gone to Kafka. */
    Duration until(long now, long bytes) {
        return rate.until(now, bytes);
    }
}
