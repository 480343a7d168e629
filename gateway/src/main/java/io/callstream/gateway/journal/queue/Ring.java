package io.callstream.gateway.journal.queue;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of a journal that are in memory, in the order of their sequences and without gaps. Guarded by the
 * journal's lock.
 *
 * <pre>
 *          first           answered            end
 *   ─────────┼─────────────────┼─────────────────┼─────────
 *    removed │ time limit over │ time limit runs │ free
 * </pre>
 */
public final class Ring {

    /**
     * Bytes that a record occupies besides its key, headers and value: objects, array headers, its place in the ring.
     */
    private static final int OVERHEAD = 1024;

    private final @Nullable Entry[] entries;
    private final long most;
    private long first;
    private long answered;
    private long end;
    private long bytes;

    /**
     * @param bytes the most bytes that all records may have, by {@link #size}
     * @param first the first sequence
     */
    public Ring(long bytes, long first) {
        this.most = bytes;
        this.entries = new Entry[Math.toIntExact(bytes / OVERHEAD)];
        this.first = first;
        this.answered = first;
        this.end = first;
    }

    public static int size(JournalRecord record) {
        return OVERHEAD + record.bytes();
    }

    /** The bytes that count against the journal's memory. */
    public static long size(List<JournalRecord> records) {
        long size = 0;
        for (JournalRecord record : records) {
            size += size(record);
        }
        return size;
    }

    /** The sequence of the oldest record; {@link #end} if there is none. */
    public long first() {
        return first;
    }

    /** The sequence that the next record gets. */
    public long end() {
        return end;
    }

    /** The bytes of all records, by {@link #size}. */
    public long bytes() {
        return bytes;
    }

    /**
     * Whether this many more records fit.
     *
     * @param size the bytes of the records, and the bytes that must stay free after them
     */
    public boolean hasRoom(int records, long size) {
        return bytes + size <= most && end + records - first <= entries.length;
    }

    public void add(List<JournalRecord> records, Append append, long now) {
        for (JournalRecord record : records) {
            int size = size(record);
            entries[slot(end)] = new Entry(new JournaledRecord(end, record), append, now, size);
            bytes += size;
            end++;
        }
    }

    /**
     * The record with this sequence.
     *
     * @throws IllegalStateException if it is not in memory
     */
    public Entry get(long sequence) {
        Entry entry = entries[slot(sequence)];
        if (entry == null || entry.record().sequence() != sequence) {
            throw new IllegalStateException("Record %d is not in memory".formatted(sequence));
        }
        return entry;
    }

    public @Nullable Entry oldest() {
        return first < end ? get(first) : null;
    }

    public void removeFirst() {
        bytes -= get(first).size();
        entries[slot(first)] = null;
        first++;
    }

    /**
     * The append of the next record that was appended at or before this time; {@code null} if there is none. An append
     * is returned once for each of its records, and may already have its receipt.
     */
    public @Nullable Append overdue(long appendedBefore) {
        answered = Math.max(answered, first);
        if (answered == end) {
            return null;
        }
        Entry oldest = get(answered);
        if (oldest.appendedAt() - appendedBefore > 0) {
            return null;
        }
        answered++;
        return oldest.append();
    }

    private int slot(long sequence) {
        return (int) (sequence % entries.length);
    }
}
