package io.callstream.gateway.journal.files;

import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.files.Segments.Segment;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fetches from the segments what memory does not hold, in order, and counts what an earlier run has left. Of one thread. */
public final class BacklogReader {

    /** So much is fetched at a time. */
    private static final int FETCH = 1 << 18;

    private final Segments segments;
    private final Damaged damaged;
    private @Nullable Source source;

    /** Where reading has come to. */
    private record Source(Segment segment, SegmentReader reader) {}

    /** A record and when it was written, by the wall's clock. */
    public record Found(JournaledRecord record, long writtenAtMillis) {}

    /**
     * The result of a fetch.
     *
     * @param upTo below this sequence there are no others
     */
    public record Fetched(List<Found> records, long upTo) {}

    public BacklogReader(Segments segments, Damaged damaged) {
        this.segments = segments;
        this.damaged = damaged;
    }

    /** Some of what stands between the sequences, from the first on. */
    public Fetched fetch(long from, long upTo) throws IOException {
        List<Found> records = new ArrayList<>();
        long bytes = 0;
        for (Source at = source(from); at != null; at = behind(at)) {
            // Asked for at each batch: the segment may be given up meanwhile.
            for (RecordBatch batch; (batch = at.reader.next(at.segment.size())) != null; ) {
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

    /** Where reading goes on so that nothing from this sequence on is passed over. */
    private @Nullable Source source(long from) throws IOException {
        Segment segment = segments.from(from);
        Source open = source;
        if (open != null && (segment != open.segment || open.reader.last() >= from)) {
            close();
            open = null;
        }
        return open != null || segment == null ? open : open(segment);
    }

    /** The next segment, once this one is left by the writer and read to its end. */
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

    /** Looks through one segment of an earlier run; what is no record is kept aside and told. */
    public Segments.Count count(Segment segment, long from) throws IOException {
        try {
            return segments.count(segment, from, damaged.in(segment));
        } catch (NoSuchFileException e) {
            // Published and deleted before it was looked at.
            return new Segments.Count(0, 0, Long.MAX_VALUE, from);
        }
    }

    /** Lets go of a segment that has been deleted: its bytes stay on the disk for as long as it is open. */
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
