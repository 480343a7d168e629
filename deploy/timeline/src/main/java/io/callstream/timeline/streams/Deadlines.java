package io.callstream.timeline.streams;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * When the calls of a partition can be orphans, and when they are to be forgotten, in call time. A call can have come
 * again since; then it is looked at later. Each remembered call is once in {@link #forgets}; the size of the other queue
 * is bounded by it.
 */
final class Deadlines {

    /** When to look at a call again. The key is the store's own array, because there can be a million of them. */
    @SuppressWarnings("ArrayRecordComponent") // Looks are not compared.
    record Look(byte[] key, long at) {}

    static final Comparator<Look> BY_TIME = Comparator.comparingLong(Look::at);

    /** Stale looks that do not matter. */
    private static final int SLACK = 1000;

    final Queue<Look> orphans = new PriorityQueue<>(BY_TIME);
    final Queue<Look> forgets = new PriorityQueue<>(BY_TIME);

    private final Function<byte[], @Nullable Long> orphanAt;

    /** @param orphanAt returns when a call can be an orphan; {@code null} if it is none, or is not remembered */
    Deadlines(Function<byte[], @Nullable Long> orphanAt) {
        this.orphanAt = orphanAt;
    }

    void remember(byte[] key, @Nullable Long orphan, long forget) {
        if (orphan != null) {
            orphans.add(new Look(key, orphan));
        }
        forgets.add(new Look(key, forget));
        // Calls that are forgotten early leave theirs behind, for hours.
        if (orphans.size() > 2 * forgets.size() + SLACK) {
            dropStaleOrphans();
        }
    }

    private void dropStaleOrphans() {
        orphans.clear();
        for (Look look : forgets) {
            Long orphan = orphanAt.apply(look.key());
            if (orphan != null) {
                orphans.add(new Look(look.key(), orphan));
            }
        }
    }

    /** The number of remembered calls. */
    int calls() {
        return forgets.size();
    }

    void clear() {
        orphans.clear();
        forgets.clear();
    }
}
