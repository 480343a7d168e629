package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.queue.Append;
import io.callstream.gateway.journal.queue.Entry;
import io.callstream.gateway.journal.queue.Ring;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records in memory, and how far they are written and fsynced. Guarded by the journal's lock.
 *
 * <pre>
 *          first           synced          written            end
 *   ─────────┼───────────────┼────────────────┼────────────────┼───
 *    only    │ fsynced, and  │ written,       │ not written    │
 *    on disk │ in memory     │ no fsync yet   │                │
 * </pre>
 *
 * If Kafka acknowledges records before their fsync, {@code first} can be greater than {@code synced}.
 */
final class HeldRecords {

    /** Bytes. A group ends with the append that reaches this size. */
    static final int GROUP = 1 << 20;

    /**
     * An append must leave room for this many times its size, at most half the memory. So a burst of large appends does
     * not shut out small ones.
     */
    private static final long LEAVES = 64;

    private final Ring ring;
    private final int memory;
    private long synced;
    private long written;
    private long unwrittenBytes;

    /** Records that are written as one batch. */
    record Group(long first, List<JournalRecord> records, long bytes) {}

    /**
     * @param memory the most bytes that the records may have
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

    /** The free memory that an append of this size needs, in bytes, including the room that it must leave. */
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
     * The next append that was made at or before this time; {@code null} if there is none. An append is returned once
     * for each of its records, and may already have its receipt.
     */
    @Nullable
    Append overdue(long appendedBefore) {
        return ring.overdue(appendedBefore);
    }

    // ---- to the disk

    /** Every record below this sequence is fsynced, or is published and removed from memory. */
    long safe() {
        return Math.max(synced, ring.first());
    }

    boolean isUnsynced() {
        return written > safe();
    }

    /** The oldest record that is not fsynced; {@code null} if there is none. */
    @Nullable
    Entry oldestUnsafe() {
        return safe() < end() ? get(safe()) : null;
    }

    /** The records to write next, as one batch; {@code null} if there are none. An append is never split. */
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

    /** Marks all records below this sequence as fsynced. Returns their appends, once for each record. */
    List<Append> markSynced(long below) {
        List<Append> durable = new ArrayList<>();
        for (long sequence = safe(); sequence < below; sequence++) {
            durable.add(get(sequence).append());
        }
        synced = below;
        return durable;
    }

    /** Marks all records that are not safe as not written, so that they are written again. */
    void writeAgain() {
        long again = safe();
        for (long sequence = again; sequence < written; sequence++) {
            unwrittenBytes += get(sequence).size();
        }
        written = again;
    }

    // ---- out of memory

    /** Whether more than this many bytes are held and the oldest record is fsynced. */
    boolean canEvict(long bytes) {
        return ring.bytes() > bytes && ring.first() < synced;
    }

    /** Whether the oldest record is written and below this sequence, and its append does not wait for its fsync. */
    boolean canRelease(long below) {
        return ring.first() < Math.min(below, written)
                && (ring.first() < synced || get(ring.first()).append().isSettled());
    }

    void removeFirst() {
        ring.removeFirst();
    }
}
