package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a disk journal's folder holds, for people. Looking changes nothing in it, and a gateway may go on working there.
 *
 * @param id as {@link io.callstream.gateway.journal.Journal#id}; nothing where it cannot be read
 * @param inUse whether a process has the folder
 * @param cursor everything below this sequence is with Kafka
 * @param segments oldest first
 */
public record JournalInspection(@Nullable String id, boolean inUse, long cursor, List<Segment> segments) {

    /**
     * A file of records.
     *
     * @param records those that can be read
     * @param waiting those of them that Kafka has not acknowledged
     * @param oldest when the oldest of these was written
     * @param damage what is no record any more
     */
    public record Segment(
            String file,
            long bytes,
            long records,
            long waiting,
            @Nullable Instant oldest,
            List<Damage> damage) {}

    /**
     * A stretch of a segment.
     *
     * @param tail whether nothing follows it: at the end of the last segment that is no damage, but a write that was cut
     *     short, or is under way
     */
    public record Damage(long position, long bytes, boolean tail) {}

    /**
     * Looks through a folder.
     *
     * @throws IOException where it cannot be read, or is a later release's
     */
    public static JournalInspection of(Path folder) throws IOException {
        try (FolderStorage storage = FolderStorage.readOnly(folder)) {
            JournalFolder opened = JournalFolder.look(storage);
            Segments segments = opened.segments();
            long cursor = opened.cursor().position();
            List<Segment> found = new ArrayList<>();
            long from = cursor;
            for (Segments.Segment segment = segments.after(null);
                    segment != null;
                    segment = segments.after(segment.name())) {
                List<Damage> damage = new ArrayList<>();
                Segments.Count count = segments.count(
                        segment, from, (position, bytes, tail) -> damage.add(new Damage(position, bytes, tail)));
                found.add(new Segment(
                        segment.name().file(),
                        segment.size(),
                        count.records(),
                        count.waiting(),
                        count.waiting() == 0 ? null : Instant.ofEpochMilli(count.oldestMillis()),
                        List.copyOf(damage)));
                from = count.end();
            }
            return new JournalInspection(opened.id(), storage.isTaken(), cursor, List.copyOf(found));
        }
    }

    /** Records that Kafka has not acknowledged. */
    public long waiting() {
        return segments.stream().mapToLong(Segment::waiting).sum();
    }
}
