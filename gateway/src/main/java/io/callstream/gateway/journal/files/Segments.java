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
 * The segments of the folder, oldest first. The writer thread appends to the newest one, and the loader thread reads
 * them. Once the writer has left a segment, it is never written again. It is deleted when all of its records are
 * published.
 */
public final class Segments {

    /**
     * The number of sequences that belong to a segment, used or not. A start begins after those of the last segment.
     */
    static final int MOST_RECORDS = 1_000_000;

    private final Storage storage;
    private final Identity identity;
    private final long segmentBytes;
    private final ConcurrentNavigableMap<SegmentName, Segment> segments = new ConcurrentSkipListMap<>();

    /** The segments that were written since their last fsync, oldest first. */
    private final Deque<Segment> unsynced = new ArrayDeque<>();

    private final RecordBatchEncoder encoder = new RecordBatchEncoder();
    private @Nullable Segment active;

    /** No segment of an earlier run reaches this sequence. */
    private volatile long formerEnd;

    /** A segment with a name that may not survive a power loss. It is deleted and created again. */
    private @Nullable SegmentName unsure;

    /** Changed by the writer thread, and by the loader thread when it cuts off an incomplete write. */
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

        /** The number of bytes that are written. The file can contain garbage after them. */
        public long size() {
            return size;
        }

        /** Whether an earlier run wrote the segment. */
        boolean isFormer() {
            return file == null;
        }
    }

    /**
     * The number of records in a segment.
     *
     * @param records the number of records that can be read
     * @param waiting the number of these from a given sequence on
     * @param oldestMillis when the oldest of the waiting records was written; {@link Long#MAX_VALUE} if there is none
     * @param end the sequence after the last waiting record; the given sequence if there is none
     */
    public record Count(long records, long waiting, long oldestMillis, long end) {}

    Segments(Storage storage, Identity identity, long segmentBytes) {
        this.storage = storage;
        this.identity = identity;
        this.segmentBytes = segmentBytes;
    }

    /**
     * Adds a segment that an earlier run wrote.
     *
     * @param end a sequence that the segment does not reach
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

    /** Whether the folder still contains all segments, except those that are being deleted. */
    public boolean areThere() throws IOException {
        if (!storage.isThere()) {
            return false;
        }
        List<Segment> expected = List.copyOf(segments.values());
        Set<String> found = Set.copyOf(storage.names());
        return expected.stream()
                .allMatch(segment -> found.contains(segment.name.file()) || segment.isDeleting || !has(segment));
    }

    /** The total size of all segments. */
    public long bytes() {
        return bytes.get();
    }

    boolean has(Segment segment) {
        return segments.get(segment.name) == segment;
    }

    /**
     * Notes that no record of an earlier run's segment is after {@code last}. The last of these segments is excluded,
     * so that it is not deleted before the cursor reaches this run's records.
     */
    void readToItsEnd(Segment segment, long last) {
        SegmentName next = segments.higherKey(segment.name);
        if (segment.isFormer() && next != null && next.base() < formerEnd) {
            segment.end = Math.max(segment.name.base(), Math.min(next.base(), last + 1));
        }
    }

    /** The segment after this name, or the first segment for {@code null}; {@code null} if there is none. */
    public @Nullable Segment after(@Nullable SegmentName name) {
        Map.Entry<SegmentName, Segment> next = name == null ? segments.firstEntry() : segments.higherEntry(name);
        return next == null ? null : next.getValue();
    }

    /**
     * The sequence at which reading moves to the next segment. After a failed fsync, the records from there on were
     * written again to the next segment; any part of them may be on disk in this one, too.
     */
    long readBelow(Segment segment) {
        SegmentName next = segments.higherKey(segment.name);
        return next == null ? Long.MAX_VALUE : next.base();
    }

    /** The first segment that can contain this sequence or a later one; {@code null} if there is none. */
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
     * Counts the records of a segment. Reads it from start to end.
     *
     * @param from all records before this sequence are published
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
     * Appends the records as one batch. If this fails, the segment has to be {@linkplain #giveUp given up}. Writer
     * thread only.
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
            // All of its records are written again. It must be deleted durably before these are answered for.
            delete(stale);
        }
        if (unsure != null) {
            storage.delete(unsure.file());
        }
        unsure = name;
        Storage.StoredFile file = storage.create(name.file());
        try {
            // Before any record in it is published: the next start determines from the names which sequences may have
            // been used.
            storage.syncNames();
        } catch (IOException e) {
            file.close();
            throw e;
        }
        unsure = null;
        Segment created = new Segment(name, identity.generation(name), file, 0);
        segments.put(name, created);
        if (former != null && name.attempt() > 1) {
            // The first attempt is kept, because its name is known to survive a power loss.
            delete(former.getValue());
        }
        active = created;
        return created;
    }

    /** Fsyncs everything written so far. If this fails, the segment has to be given up. Writer thread only. */
    public void sync() throws IOException {
        for (Segment segment; (segment = unsynced.peekFirst()) != null; unsynced.removeFirst()) {
            file(segment).sync();
            if (segment != active) {
                file(segment).close();
            }
        }
    }

    /**
     * Closes the active segment and all segments that are not fsynced. The next write begins at this sequence, in a new
     * segment.
     */
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
                // The file has already failed.
            }
        }
    }

    /**
     * Deletes the segments with only records below the sequence, except the last one: its name determines for the next
     * start which sequences may have been used. Writer thread only.
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

    /** Whether {@link #deleteBelow} would delete a segment. */
    public boolean hasBelow(long sequence) {
        Map.Entry<SegmentName, Segment> first = segments.firstEntry();
        return first != null && first.getValue().end <= sequence && segments.higherKey(first.getKey()) != null;
    }

    /** Cuts off the bytes after the last batch of an earlier run's segment. Loader thread only. */
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
