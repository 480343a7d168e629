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
 * Reads records from disk that the relay needs and memory does not hold, and counts the records of earlier runs. Its
 * work runs on the loader thread.
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

    /** When the last fetch was requested or began to read. */
    private volatile long moved;

    /**
     * @param lock guards {@code held}, {@code handOut} and {@code earlier}
     * @param drain hands the fetched records to the relay
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

    /** Starts a fetch at {@link HandOut#read()}, unless one is in progress. Call it under the lock. */
    void fetch() {
        if (!fetching && !closing) {
            fetching = true;
            moved = threads.nanoTime();
            Threads.run(threads.loader(), this::fetchSome, Duration.ZERO);
        }
    }

    /** Whether a fetch is in progress and makes no progress. Call it under the lock. */
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
            // The records were published and their segment deleted meanwhile.
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
            handOut.addFetched(from, records, found.upTo());
        }
        drain.run();
    }

    /** Retries after a pause. {@code fetching} remains set, so that no other fetch starts meanwhile. */
    private void fetchLater(Throwable failure) {
        messages.unreadable(failure);
        Threads.run(threads.loader(), this::fetchSome, RETRY);
    }

    /** Whether files are missing that this journal did not delete. */
    private boolean isIncomplete() {
        try {
            return !segments.areThere();
        } catch (IOException e) {
            return true;
        }
    }

    /** Closes a deleted segment that is open: its bytes occupy the disk until then. Runs on the loader thread. */
    void letGo() {
        try {
            reader.letGo();
        } catch (IOException e) {
            // The file was to be closed anyway. A failing disk is logged at the next read.
        }
    }

    // ---- counting

    /**
     * Counts the records of earlier runs, one segment per task, so that fetches can run in between.
     *
     * @param cursor all records below this sequence are published
     * @param countedOne runs after each segment: its end is known now, so it can be deleted if all of its records are
     *     published
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

    /** No fetch and no count starts after this. */
    void closing() {
        closing = true;
    }

    /** Closes the open files. Runs on the loader thread, after {@link #closing}. */
    void close() throws IOException {
        reader.close();
    }
}
