package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.files.BacklogReader;
import io.callstream.gateway.journal.files.Segments;
import io.callstream.gateway.journal.files.Segments.Segment;
import io.callstream.gateway.journal.queue.Append;
import io.callstream.gateway.journal.queue.Entry;
import io.callstream.gateway.journal.queue.Ring;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fetches from disk what the relay has yet to get and memory does not hold, and counts what earlier runs have left. On a
 * thread of its own.
 */
final class Loader {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Object lock;
    private final HeldRecords held;
    private final HandOut handOut;
    private final EarlierRuns earlier;
    private final Segments segments;
    private final BacklogReader reader;
    private final Runnable drain;
    private final Threads threads;
    private final OperatorMessages messages;

    /** Guarded by the lock. */
    private boolean fetching;

    private volatile boolean closing;

    /** When it last got on with its work. */
    private volatile long moved;

    /**
     * @param lock guards {@code held}, {@code handOut} and {@code earlier}
     * @param drain has the relay get what is fetched
     */
    Loader(
            Object lock,
            HeldRecords held,
            HandOut handOut,
            EarlierRuns earlier,
            Segments segments,
            BacklogReader reader,
            Runnable drain,
            Threads threads,
            OperatorMessages messages) {
        this.lock = lock;
        this.held = held;
        this.handOut = handOut;
        this.earlier = earlier;
        this.segments = segments;
        this.reader = reader;
        this.drain = drain;
        this.threads = threads;
        this.messages = messages;
        this.moved = threads.nanoTime();
    }

    // ---- fetching

    /** Fetches from where the hand-out reads, unless it is at it. To be called under the lock. */
    void fetch() {
        if (!fetching && !closing) {
            fetching = true;
            moved = threads.nanoTime();
            Threads.run(threads.loader(), this::fetchSome, Duration.ZERO);
        }
    }

    /** Whether it is fetching and does not get on with it. To be called under the lock. */
    boolean isStuck() {
        return fetching && threads.isStuck(moved);
    }

    private void fetchSome() {
        moved = threads.nanoTime();
        long from;
        long upTo;
        synchronized (lock) {
            from = handOut.read();
            upTo = held.first();
        }
        BacklogReader.Fetched found;
        try {
            found = reader.fetch(from, upTo);
        } catch (NoSuchFileException e) {
            if (isIncomplete()) {
                fetchLater(e);
                return;
            }
            // Published and deleted meanwhile.
            found = new BacklogReader.Fetched(List.of(), from);
        } catch (IOException | RuntimeException | Error e) {
            fetchLater(e);
            return;
        }
        messages.readable();
        List<Entry> records = new ArrayList<>();
        for (BacklogReader.Found record : found.records()) {
            records.add(new Entry(
                    record.record(),
                    Append.NOBODY,
                    threads.nanoTime() - nanosSince(record.writtenAtMillis()),
                    Ring.size(record.record().record())));
        }
        synchronized (lock) {
            fetching = false;
            handOut.fetched(from, records, found.upTo());
        }
        drain.run();
    }

    /** Still fetching until then, so that nobody else begins. */
    private void fetchLater(Throwable failure) {
        messages.unreadable(failure);
        Threads.run(threads.loader(), this::fetchSome, RETRY);
    }

    /** Whether files are missing that nobody here has deleted. */
    private boolean isIncomplete() {
        try {
            return !segments.areThere();
        } catch (IOException e) {
            return true;
        }
    }

    /** Lets go of a file that was deleted: its bytes stay on the disk for as long as it is open. On the loader's thread. */
    void letGo() throws IOException {
        reader.letGo();
    }

    // ---- counting

    /**
     * Counts what earlier runs have left, a segment at a time: what goes out meanwhile is fetched in between.
     *
     * @param cursor below it everything is published
     * @param countedOne is called after each segment: one that is published whole can be deleted now that its end is known
     */
    void count(long cursor, Runnable countedOne) {
        Threads.run(threads.loader(), () -> count(segments.after(null), cursor, 0, 0, countedOne), Duration.ZERO);
    }

    private void count(@Nullable Segment segment, long from, long records, long bytes, Runnable countedOne) {
        if (segment == null || segment.name().base() >= earlier.end() || closing) {
            synchronized (lock) {
                earlier.counted();
            }
            messages.counted(records, bytes);
            return;
        }
        Segment next = segments.after(segment.name());
        Segments.Count found = count(segment, from);
        synchronized (lock) {
            if (found.waiting() > 0) {
                earlier.found(found.waiting(), threads.nanoTime() - nanosSince(found.oldestMillis()));
            }
        }
        countedOne.run();
        Threads.run(
                threads.loader(),
                () -> count(next, found.end(), records + found.waiting(), bytes + segment.size(), countedOne),
                Duration.ZERO);
    }

    private Segments.Count count(Segment segment, long from) {
        try {
            return reader.count(segment, from);
        } catch (IOException | RuntimeException | Error e) {
            messages.unreadable(e);
            return new Segments.Count(0, 0, Long.MAX_VALUE, from);
        }
    }

    private long nanosSince(long thenMillis) {
        return TimeUnit.MILLISECONDS.toNanos(Math.max(0, threads.wallMillis() - thenMillis));
    }

    /** Begins nothing more. */
    void closing() {
        closing = true;
    }

    /** Once its thread has ended. */
    void close() throws IOException {
        reader.close();
    }
}
