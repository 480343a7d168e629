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
 * Hands each written record to the reader once, in order and within its window, and moves the cursor when Kafka
 * acknowledges records. Guarded by the journal's lock: the writer, loader and clock threads, Kafka's I/O thread and the
 * event loops use it.
 *
 * <pre>
 *        cursor                read            reached
 *   ───────┼─────────────────────┼────────────────┼─────────────────────────────────
 *          │ handed to the       │ handed to an   │ not handed out: only on disk,
 *          │ current reader      │ earlier reader │ fetched from disk, or in memory
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

    /** No record below this sequence has to be fetched any more. */
    private long fetchedBelow;

    private long read;
    private long reached;

    /**
     * When the first of the records was appended that are only on disk and were not handed out when they were evicted, in
     * nanoseconds. It is not updated as they are handed out, so their age is at most overstated.
     */
    private long evictedSince;

    private long cursorMoved;

    /** @param fetch makes the loader thread fetch records from {@link #read} on */
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

    /** Starts a new reader at the oldest unpublished record. */
    void rewind(Window window) {
        inFlight.rewind(window);
        read = cursor.position();
        letGoOfFetched();
        fetchedBelow = 0;
    }

    /** The next record for the reader; {@code null} if there is none now, or the window has no room for it. */
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

    /**
     * The first written record from {@code read} on; {@code null} if there is none, or the loader has to fetch it
     * first. Starts that fetch, and moves {@code read} and the cursor over sequences without a record.
     */
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
            // No record exists between these two sequences.
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

    /** The sequence at which the reader, or the next fetch, continues. */
    long read() {
        return read;
    }

    /**
     * Accepts the fetched records, unless {@code read} has moved since the fetch began.
     *
     * @param from the value of {@link #read} when the fetch began
     * @param below no record below this sequence has to be fetched any more
     */
    void addFetched(long from, List<Entry> records, long below) {
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

    /** Bytes of the fetched records in memory. */
    long fetchedBytes() {
        return fetchedBytes;
    }

    // ---- from Kafka

    /** Marks a record as acknowledged by Kafka. Returns its append, or {@code null} if the record is not in flight. */
    @Nullable
    Append markPublished(long sequence, long now) {
        InFlight.Published published = inFlight.publish(sequence);
        if (published == null) {
            return null;
        }
        rate.add(now, published.bytes());
        return published.append();
    }

    /** Moves the cursor to the oldest unpublished record, and removes the records below it from memory. */
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
        // A new reader need not receive again the records that Kafka has acknowledged since it started.
        read = Math.max(read, low);
        releasePublished();
    }

    /** Removes published records from memory, except those of an append that still waits for its fsync. */
    void releasePublished() {
        while (held.canRelease(cursor.position())) {
            held.removeFirst();
        }
    }

    /** Removes the oldest fsynced records from memory, until at most this many bytes are held. */
    void evict(long bytes) {
        while (held.canEvict(bytes)) {
            if (handedOutBelow() == held.first()) {
                evictedSince = held.get(held.first()).appendedAt();
            }
            held.removeFirst();
        }
    }

    // ---- the backlog

    private long handedOutBelow() {
        return Math.max(reached, earlier.end());
    }

    /** All records below this sequence are published. The record with this sequence, if it exists, is not. */
    long cursor() {
        return cursor.position();
    }

    InFlight inFlight() {
        return inFlight;
    }

    /** The number of unpublished records. */
    long unpublished() {
        return inFlight.out() + earlier.waiting(reached) + held.end() - handedOutBelow();
    }

    /** The number of records that Kafka has acknowledged since the start. */
    long published() {
        return rate.records();
    }

    /** The age of the oldest unpublished record, in nanoseconds; 0 if there is none. */
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
        // A published record that waits only for its fsync does not count as old.
        long oldest = Math.max(reached, held.first());
        return oldest < held.end() ? held.get(oldest).appendedAt() : now;
    }

    /** How long ago the cursor last moved, in nanoseconds. */
    long unmoved(long now) {
        return now - cursorMoved;
    }

    /** The estimated time until Kafka has acknowledged this many bytes. */
    Duration until(long now, long bytes) {
        return rate.until(now, bytes);
    }
}
