package io.callstream.gateway.journal;

/**
 * The records that were handed out, from the oldest that is not published on: a ring, oldest first. Not safe for threads.
 *
 * <pre>
 *      first                                         last
 *   ────┼──────┬──────┬──────┬──────┬──────┬──────┬────┼────
 *       │ out  │ done │ done │ out  │ done │ out  │ out │
 * </pre>
 */
final class InFlight {

    private final long[] sequences;
    private final long[] since;
    private final int[] sizes;
    private final boolean[] done;
    private int first;
    private int count;
    private int out;
    private long outBytes;

    /** @param most how many there can be */
    InFlight(int most) {
        sequences = new long[most];
        since = new long[most];
        sizes = new int[most];
        done = new boolean[most];
    }

    /** How many there are from the oldest that is not published on, the published among them. */
    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** How many are not published. */
    int out() {
        return out;
    }

    /** Bytes of those that are not published. */
    long outBytes() {
        return outBytes;
    }

    long firstSequence() {
        return sequences[first];
    }

    /** When the oldest was appended. */
    long firstSince() {
        return since[first];
    }

    /** @param sequence above all that are in it */
    void add(long sequence, long appendedAt, int size) {
        int slot = slot(count);
        sequences[slot] = sequence;
        since[slot] = appendedAt;
        sizes[slot] = size;
        done[slot] = false;
        count++;
        out++;
        outBytes += size;
    }

    /** Whether the record was handed out before, and is known to be published. */
    boolean isDone(long sequence) {
        int slot = find(sequence);
        return slot >= 0 && done[slot];
    }

    /** Whether the record was handed out before. */
    boolean contains(long sequence) {
        return find(sequence) >= 0;
    }

    /** Marks a record as published; gives its size, or −1 where it is none that is out. */
    int publish(long sequence) {
        int slot = find(sequence);
        if (slot < 0 || done[slot]) {
            return -1;
        }
        done[slot] = true;
        out--;
        outBytes -= sizes[slot];
        while (count > 0 && done[first]) {
            first = slot(1);
            count--;
        }
        return sizes[slot];
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
