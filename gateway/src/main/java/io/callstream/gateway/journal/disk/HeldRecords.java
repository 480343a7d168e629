package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.queue.Append;
import io.callstream.gateway.journal.queue.Entry;
import io.callstream.gateway.journal.queue.Ring;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records that memory holds, and how far they are on disk. Guarded by the journal's monitor.
 *
 * <pre>
 *          first           synced          written            end
 *   ─────────┼───────────────┼────────────────┼────────────────┼───
 *    on disk │ on disk, and  │ written,       │ to be written  │
 *    alone   │ in memory     │ no fsync yet   │                │
 * </pre>
 *
 * Where Kafka has acknowledged a record before its fsync, the first one can be ahead of the last fsync.
 */
final class HeldRecords {

    /** Bytes: a group ends with the append that takes it to so many. */
    static final int GROUP = 1 << 20;

    /** An append leaves memory for so many of its size, so that a burst of large ones does not shut out the small ones. */
    private static final long LEAVES = 64;

    private final Ring ring;
    private final int memory;
    private long synced;
    private long written;
    private long unwrittenBytes;

    /** What is written as one batch. */
    record Group(long first, List<JournalRecord> records, long bytes) {}

    /**
     * @param memory bytes, the most that they may have
     * @param first the first sequence
     */
    HeldRecords(int memory, long first) {
        this.ring = new Ring(memory, first);
        this.memory = memory;
        this.synced = first;
        this.written = first;
    }

    long first() {
        return ring.first();
    }

    long written() {
        return written;
    }

    long end() {
        return ring.end();
    }

    long bytes() {
        return ring.bytes();
    }

    long unwrittenBytes() {
        return unwrittenBytes;
    }

    Entry get(long sequence) {
        return ring.get(sequence);
    }

    /** What an append of this size needs, with what it leaves to others. */
    long reserve(long size) {
        return size + Math.min(memory / 2, LEAVES * size);
    }

    boolean hasRoom(int records, long reserve) {
        return ring.hasRoom(records, reserve);
    }

    void add(List<JournalRecord> records, long size, Append append, long now) {
        ring.add(records, append, now);
        unwrittenBytes += size;
    }

    /**
     * The next append that was made before this time; {@code null} where there is none. An append comes once for each of
     * its records, and may have been told already.
     */
    @Nullable
    Append overdue(long appendedBefore) {
        return ring.overdue(appendedBefore);
    }

    // ---- on the way to the disk

    /** Every record below this sequence is covered by an fsync, or published and released. */
    long safe() {
        return Math.max(synced, ring.first());
    }

    boolean isUnsynced() {
        return written > safe();
    }

    /** The oldest record in memory that no fsync has covered; {@code null} where there is none. */
    @Nullable
    Entry oldestUnsafe() {
        return safe() < end() ? get(safe()) : null;
    }

    /** What is to be written next, as one batch, if there is anything; an append is never cut in two. */
    @Nullable
    Group nextGroup() {
        if (written == end()) {
            return null;
        }
        List<JournalRecord> records = new ArrayList<>();
        long bytes = 0;
        Append last = null;
        for (long sequence = written; sequence < end(); sequence++) {
            Entry entry = get(sequence);
            if (bytes >= GROUP && entry.append() != last) {
                break;
            }
            records.add(entry.record().record());
            bytes += entry.size();
            last = entry.append();
        }
        return new Group(written, records, bytes);
    }

    void markWritten(Group group) {
        written = group.first() + group.records().size();
        unwrittenBytes -= group.bytes();
    }

    /** An fsync has covered all below this sequence; gives who is to be told of it. */
    List<Append> markSynced(long below) {
        List<Append> durable = new ArrayList<>();
        for (long sequence = safe(); sequence < below; sequence++) {
            durable.add(get(sequence).append());
        }
        synced = below;
        return durable;
    }

    /** What was written since the last sync is to be written again. */
    void writeAgain() {
        long again = safe();
        for (long sequence = again; sequence < written; sequence++) {
            unwrittenBytes += get(sequence).size();
        }
        written = again;
    }

    // ---- out of memory

    /** Whether more than so many bytes are held, and the oldest record is on disk. */
    boolean canEvict(long bytes) {
        return ring.bytes() > bytes && ring.first() < synced;
    }

    /** Whether the oldest record is below this sequence, and nobody waits to see it on disk. */
    boolean canRelease(long below) {
        return ring.first() < Math.min(below, written)
                && (ring.first() < synced || get(ring.first()).append().isSettled());
    }

    void removeFirst() {
        ring.removeFirst();
    }
}
