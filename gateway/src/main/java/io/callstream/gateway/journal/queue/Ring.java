package io.callstream.gateway.journal.queue;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of a journal that are in memory, in the order of their sequences, none missing between the first and the
 * last. Guarded by the journal's monitor.
 *
 * <pre>
 *          first           answered            end
 *   ─────────┼─────────────────┼─────────────────┼─────────
 *    removed │ limit is over   │ limit to come   │ free
 * </pre>
 */
public final class Ring {

    /** What a record costs in memory beside its bytes: objects, array headers, its place here. */
    private static final int OVERHEAD = 1024;

    private final @Nullable Entry[] entries;
    private final long most;
    private long first;
    private long answered;
    private long end;
    private long bytes;

    /**
     * @param bytes the most that all records may have, by {@link #size}
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

    /** Bytes to count against a journal's memory. */
    public static long size(List<JournalRecord> records) {
        long size = 0;
        for (JournalRecord record : records) {
            size += size(record);
        }
        return size;
    }

    /** The sequence of the oldest record, {@link #end} where there is none. */
    public long first() {
        return first;
    }

    /** The sequence that the next record gets. */
    public long end() {
        return end;
    }

    /** Of all records, by {@link #size}. */
    public long bytes() {
        return bytes;
    }

    /**
     * Whether so many more records fit.
     *
     * @param size bytes that they take, and those that are to stay free behind them
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

    /** The record of this sequence, which is from the first on and before the end. */
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

    /** The append of the next record that was appended before this time, each record once; it may have been told already. */
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
