package io.callstream.gateway.journal.files;

import io.callstream.gateway.journal.JournalRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The files that the records stand in, oldest first. Written at their end by one thread, read by another, deleted when
 * everything in them is published; none is ever written to again once it was left.
 */
public final class Segments {

    /** So many sequences belong to a segment, used or not: a start begins behind those of the last one. */
    static final int MOST_RECORDS = 1_000_000;

    private final Storage storage;
    private final Identity identity;
    private final long segmentBytes;
    private final ConcurrentNavigableMap<SegmentName, Segment> segments = new ConcurrentSkipListMap<>();

    /** Written to since they were last synced, oldest first. */
    private final Deque<Segment> unsynced = new ArrayDeque<>();

    private final RecordBatchEncoder encoder = new RecordBatchEncoder();
    private @Nullable Segment active;

    /** No earlier run's segment reaches this sequence. */
    private volatile long formerEnd;

    /** A segment whose name may not survive the loss of power: it is made anew. */
    private @Nullable SegmentName unsure;

    /** Written by the writer and, while it looks through what is old, the loader. */
    private final AtomicLong bytes = new AtomicLong();

    /** A file of records. */
    public static final class Segment {

        private final SegmentName name;
        private final long generation;
        private final Storage.@Nullable StoredFile file;
        private volatile long size;
        private volatile long end;
        private volatile boolean isDeleting;

        private Segment(SegmentName name, long generation, Storage.@Nullable StoredFile file, long size) {
            this.name = name;
            this.generation = generation;
            this.file = file;
            this.size = size;
            this.end = name.base();
        }

        public SegmentName name() {
            return name;
        }

        /** Bytes that are written; there may be garbage behind them. */
        public long size() {
            return size;
        }

        /** Whether an earlier run has left it. */
        boolean isFormer() {
            return file == null;
        }
    }

    /**
     * What a segment holds.
     *
     * @param records that can be read
     * @param waiting those of them that stand at a given sequence or behind it
     * @param oldestMillis when the oldest of these was written, {@link Long#MAX_VALUE} where there is none
     * @param end the sequence after the last of these
     */
    public record Count(long records, long waiting, long oldestMillis, long end) {}

    Segments(Storage storage, Identity identity, long segmentBytes) {
        this.storage = storage;
        this.identity = identity;
        this.segmentBytes = segmentBytes;
    }

    /**
     * Takes over a segment that an earlier run has left.
     *
     * @param end a sequence that it cannot reach
     */
    void adopt(SegmentName name, long end) throws IOException {
        try (Storage.StoredFile file = storage.open(name.file())) {
            Segment segment = new Segment(name, identity.generation(name), null, file.size());
            segment.end = end;
            formerEnd = end;
            segments.put(name, segment);
            bytes.addAndGet(file.size());
        }
    }

    /** Whether all of them are still in the folder, but for those that are being deleted meanwhile. */
    public boolean areThere() throws IOException {
        if (!storage.isThere()) {
            return false;
        }
        List<Segment> expected = List.copyOf(segments.values());
        Set<String> found = Set.copyOf(storage.names());
        return expected.stream()
                .allMatch(segment -> found.contains(segment.name.file()) || segment.isDeleting || !has(segment));
    }

    /** Bytes of all of them. */
    public long bytes() {
        return bytes.get();
    }

    boolean has(Segment segment) {
        return segments.get(segment.name) == segment;
    }

    /** An earlier run's segment holds nothing behind this sequence; but for the last, which the names are told from. */
    void readToItsEnd(Segment segment, long last) {
        SegmentName next = segments.higherKey(segment.name);
        if (segment.isFormer() && next != null && next.base() < formerEnd) {
            segment.end = Math.max(segment.name.base(), Math.min(next.base(), last + 1));
        }
    }

    /** The segment after this one, or the first. */
    public @Nullable Segment after(@Nullable SegmentName name) {
        Map.Entry<SegmentName, Segment> next = name == null ? segments.firstEntry() : segments.higherEntry(name);
        return next == null ? null : next.getValue();
    }

    /**
     * Below which sequence the segment is the one to read. What stands in it from there on was written again, to the next
     * segment, because it could not be synced; of what could not be synced any part may be there.
     */
    long readBelow(Segment segment) {
        SegmentName next = segments.higherKey(segment.name);
        return next == null ? Long.MAX_VALUE : next.base();
    }

    /** The first segment in which this sequence, or a later one, can stand. */
    @Nullable
    Segment from(long sequence) {
        for (Segment segment : segments.values()) {
            if (segment.end > sequence) {
                return segment;
            }
        }
        return null;
    }

    /**
     * Reads a segment from end to end.
     *
     * @param from what stands before this sequence waits no more
     */
    Count count(Segment segment, long from, SegmentReader.Damages damages) throws IOException {
        long records = 0;
        long waiting = 0;
        long oldest = Long.MAX_VALUE;
        long next = from;
        long below = readBelow(segment);
        try (SegmentReader reader = read(segment, damages)) {
            for (RecordBatch batch; (batch = reader.next(segment.size)) != null; ) {
                long end = Math.min(batch.last() + 1, below);
                records += Math.max(0, end - batch.first());
                if (end > next) {
                    waiting += end - Math.max(next, batch.first());
                    oldest = Math.min(oldest, batch.writtenAtMillis());
                    next = end;
                }
            }
            readToItsEnd(segment, reader.last());
        }
        return new Count(records, waiting, oldest, next);
    }

    SegmentReader read(Segment segment, SegmentReader.Damages damages) throws IOException {
        return new SegmentReader(storage.open(segment.name.file()), segment.name.base(), segment.generation, damages);
    }

    /**
     * Appends the records as one batch. After a failure the segment has to be {@linkplain #giveUp given up}.
     *
     * @param first the first record's sequence
     */
    public void write(long first, List<JournalRecord> records, long nowMillis) throws IOException {
        Segment to = active;
        if (to == null || to.size >= segmentBytes || first + records.size() - to.name.base() > MOST_RECORDS) {
            to = next(first);
        }
        ByteBuffer batch = encoder.encode(to.name.base(), to.generation, first, records, nowMillis);
        long size = to.size + batch.remaining();
        if (unsynced.peekLast() != to) {
            unsynced.add(to);
        }
        file(to).write(to.size, batch);
        to.end = first + records.size();
        bytes.addAndGet(size - to.size);
        to.size = size;
    }

    private Segment next(long first) throws IOException {
        SegmentName name = new SegmentName(first, 0);
        Map.Entry<SegmentName, Segment> former = segments.floorEntry(new SegmentName(first, Integer.MAX_VALUE));
        if (former != null && former.getKey().base() == first) {
            name = former.getKey().nextAttempt();
        }
        if (active != null && !unsynced.contains(active)) {
            file(active).close();
        }
        active = null;
        for (Segment stale : segments.tailMap(new SegmentName(first, Integer.MAX_VALUE), false)
                .values()) {
            // Given up whole. It must be gone for good before what it had is answered for from elsewhere.
            delete(stale);
        }
        if (unsure != null) {
            storage.delete(unsure.file());
        }
        unsure = name;
        Storage.StoredFile file = storage.create(name.file());
        try {
            // Before anything in it goes out: the next start tells from the names which sequences may have been used.
            storage.syncNames();
        } catch (IOException e) {
            file.close();
            throw e;
        }
        unsure = null;
        Segment created = new Segment(name, identity.generation(name), file, 0);
        segments.put(name, created);
        if (former != null && name.attempt() > 1) {
            // The first attempt stays, its name being known to survive.
            delete(former.getValue());
        }
        active = created;
        return created;
    }

    /** Has everything written so far survive the loss of power. After a failure the segment has to be given up. */
    public void sync() throws IOException {
        for (Segment segment; (segment = unsynced.peekFirst()) != null; unsynced.removeFirst()) {
            file(segment).sync();
            if (segment != active) {
                file(segment).close();
            }
        }
    }

    /** What was written from this sequence on counts for nothing; the next write begins there, in a fresh segment. */
    public void giveUp(long from) {
        Segment given = active;
        active = null;
        if (given != null && !unsynced.contains(given)) {
            unsynced.add(given);
        }
        for (Segment segment; (segment = unsynced.pollFirst()) != null; ) {
            segment.end = Math.min(segment.end, from);
            try {
                file(segment).close();
            } catch (IOException e) {
                // It has failed already.
            }
        }
    }

    /**
     * Deletes the segments whose records are all below the sequence, but for the last, whose name tells the next start
     * which sequences may have been used.
     */
    public void deleteBelow(long sequence) throws IOException {
        Segment last = segments.lastEntry().getValue();
        for (Segment segment : segments.values()) {
            if (segment != last && segment.end <= sequence) {
                if (unsynced.remove(segment)) {
                    file(segment).close();
                }
                delete(segment);
            }
        }
    }

    /** Whether {@link #deleteBelow} would find any. */
    public boolean hasBelow(long sequence) {
        Map.Entry<SegmentName, Segment> first = segments.firstEntry();
        return first != null && first.getValue().end <= sequence && segments.higherKey(first.getKey()) != null;
    }

    /** Cuts off what stands behind an earlier run's last batch. */
    void cut(Segment segment, long size) throws IOException {
        try (Storage.StoredFile file = storage.open(segment.name.file())) {
            file.truncate(size);
        }
        bytes.addAndGet(size - segment.size);
        segment.size = size;
    }

    private void delete(Segment segment) throws IOException {
        segment.isDeleting = true;
        storage.delete(segment.name.file());
        segments.remove(segment.name);
        bytes.addAndGet(-segment.size);
    }

    public void close() {
        giveUp(Long.MAX_VALUE);
    }

    private static Storage.StoredFile file(Segment segment) {
        if (segment.file == null) {
            throw new IllegalStateException("An earlier run's segment is not written to: " + segment.name);
        }
        return segment.file;
    }
}
