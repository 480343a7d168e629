package io.callstream.gateway.journal.queue;

import io.callstream.gateway.journal.Window;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The records that are handed out, from the oldest unpublished one on: a ring, oldest first. The reader's window limits
 * their number and bytes. A new reader receives the unpublished ones again. Guarded by the journal's lock.
 *
 * <pre>
 *      first                        again
 *   ────┼──────┬──────┬──────┬──────┼──────┬──────┬──────┼────
 *       │ out  │ done │ done │ out  │ done │ out  │ out  │
 *        received or passed          still to be received
 * </pre>
 */
public final class InFlight {

    private final long[] sequences = new long[Window.MOST_RECORDS];
    private final long[] appendedAt = new long[Window.MOST_RECORDS];
    private final int[] sizes = new int[Window.MOST_RECORDS];
    private final @Nullable Append[] appends = new Append[Window.MOST_RECORDS];
    private final boolean[] done = new boolean[Window.MOST_RECORDS];
    private Window window = new Window(1, 1);
    private int first;
    private int count;

    /** How many records, from the first one on, the current reader has received or passed. */
    private int again;

    private int out;
    private long outBytes;

    /** What {@link #take} did with a record. */
    public enum Taken {
        /** Handed out for the first time. */
        NEW,
        /** Handed out again: an earlier reader received it, and it is unpublished. */
        AGAIN,
        /** Not handed out: Kafka has acknowledged it. */
        DONE,
        /** Not handed out: the window has no room for it. */
        NO_ROOM
    }

    /**
     * A record that has just been published.
     *
     * @param bytes as {@link io.callstream.gateway.journal.JournalRecord#bytes}
     */
    public record Published(int bytes, Append append) {}

    /** Starts a new reader at the oldest unpublished record. */
    public void rewind(Window window) {
        this.window = window;
        again = 0;
    }

    /** Takes the reader's next record. The sequences of one reader ascend. */
    public Taken take(Entry entry) {
        long sequence = entry.record().sequence();
        while (again < count && sequences[slot(again)] < sequence) {
            again++;
        }
        if (again < count && sequences[slot(again)] == sequence) {
            return done[slot(again++)] ? Taken.DONE : Taken.AGAIN;
        }
        int bytes = entry.record().record().bytes();
        if (!window.hasRoom(count, outBytes, bytes)) {
            return Taken.NO_ROOM;
        }
        int slot = slot(count);
        sequences[slot] = sequence;
        appendedAt[slot] = entry.appendedAt();
        sizes[slot] = bytes;
        appends[slot] = entry.append();
        done[slot] = false;
        count++;
        again = count;
        out++;
        outBytes += bytes;
        return Taken.NEW;
    }

    /** Marks a record as published. Returns {@code null} if it is not handed out, or is already published. */
    public @Nullable Published publish(long sequence) {
        int slot = find(sequence);
        if (slot < 0 || done[slot]) {
            return null;
        }
        Published published = new Published(sizes[slot], Objects.requireNonNull(appends[slot]));
        done[slot] = true;
        appends[slot] = null;
        out--;
        outBytes -= sizes[slot];
        while (count > 0 && done[first]) {
            first = slot(1);
            count--;
            again = Math.max(0, again - 1);
        }
        return published;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** The number of unpublished records. */
    public int out() {
        return out;
    }

    /** Bytes of the unpublished records. */
    public long outBytes() {
        return outBytes;
    }

    public long firstSequence() {
        return sequences[first];
    }

    /** When the oldest record was appended, in nanoseconds. */
    public long firstAppendedAt() {
        return appendedAt[first];
    }

    private int find(long sequence) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = sequences[slot(middle)];
            if (found == sequence) {
                return slot(middle);
            }
            if (found < sequence) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private int slot(int index) {
        int slot = first + index;
        return slot < sequences.length ? slot : slot - sequences.length;
    }
}
