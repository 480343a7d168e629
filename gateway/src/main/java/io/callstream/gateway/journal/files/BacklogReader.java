package io.callstream.gateway.journal.files;

import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.files.Segments.Segment;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads records from the segments in order, and counts the records of earlier runs. Used only by the loader thread. */
public final class BacklogReader {

    /** Bytes. A fetch ends with the batch that reaches this size. */
    private static final int FETCH = 1 << 18;

    private final Segments segments;
    private final Damaged damaged;
    private @Nullable Source source;

    /** The segment that is open for reading. */
    private record Source(Segment segment, SegmentReader reader) {}

    /** A record and when it was written, by the wall clock. */
    public record Found(JournaledRecord record, long writtenAtMillis) {}

    /**
     * The result of a fetch.
     *
     * @param upTo {@code records} contains all records of the requested range that are below this sequence
     */
    public record Fetched(List<Found> records, long upTo) {}

    public BacklogReader(Segments segments, Damaged damaged) {
        this.segments = segments;
        this.damaged = damaged;
    }

    /** Reads the next records from {@code from} on, below {@code upTo}: all of them, or only the first ones. */
    public Fetched fetch(long from, long upTo) throws IOException {
        List<Found> records = new ArrayList<>();
        long bytes = 0;
        for (Source at = source(from); at != null; at = behind(at)) {
            for (RecordBatch batch; (batch = at.reader.next(at.segment.size())) != null; ) {
                // Computed again for each batch, because the writer thread can give up the segment meanwhile.
                long below = Math.min(upTo, segments.readBelow(at.segment));
                if (batch.last() < from) {
                    continue;
                }
                for (JournaledRecord record : batch.records()) {
                    if (record.sequence() >= from && record.sequence() < below) {
                        records.add(new Found(record, batch.writtenAtMillis()));
                    }
                }
                bytes += batch.bytes();
                if (below == upTo && batch.last() + 1 >= upTo) {
                    return new Fetched(records, upTo);
                }
                if (bytes >= FETCH && batch.last() < below) {
                    return new Fetched(records, batch.last() + 1);
                }
            }
        }
        return new Fetched(records, upTo);
    }

    /** The open segment if reading on does not skip {@code from}, otherwise the first segment that can contain it. */
    private @Nullable Source source(long from) throws IOException {
        Segment segment = segments.from(from);
        Source open = source;
        if (open != null && (segment != open.segment || open.reader.last() >= from)) {
            close();
            open = null;
        }
        return open != null || segment == null ? open : open(segment);
    }

    /** The same segment while it has more bytes to read, otherwise the next one; {@code null} if there is none. */
    private @Nullable Source behind(Source former) throws IOException {
        Segment next = segments.after(former.segment.name());
        if (former.reader.position() < former.segment.size()) {
            return former;
        }
        if (next == null) {
            return null;
        }
        segments.readToItsEnd(former.segment, former.reader.last());
        close();
        return open(next);
    }

    private Source open(Segment segment) throws IOException {
        source = new Source(segment, segments.read(segment, damaged.in(segment)));
        return source;
    }

    /** Counts the records of one segment of an earlier run. Damaged bytes are copied to a file and reported. */
    public Segments.Count count(Segment segment, long from) throws IOException {
        try {
            return segments.count(segment, from, damaged.in(segment));
        } catch (NoSuchFileException e) {
            // The segment was published and deleted before it was counted.
            return new Segments.Count(0, 0, Long.MAX_VALUE, from);
        }
    }

    /** Closes the open segment if it has been deleted: its bytes occupy the disk until then. */
    public void letGo() throws IOException {
        Source open = source;
        if (open != null && !segments.has(open.segment)) {
            close();
        }
    }

    public void close() throws IOException {
        Source open = source;
        source = null;
        if (open != null) {
            open.reader.close();
        }
    }
}
