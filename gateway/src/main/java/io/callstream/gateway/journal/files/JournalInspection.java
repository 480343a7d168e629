package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a disk journal's folder, for people. Nothing is changed, and a gateway may use the folder meanwhile.
 *
 * @param id as {@link io.callstream.gateway.journal.Journal#id}; {@code null} if it cannot be read
 * @param inUse whether a process writes in the folder
 * @param cursor all records below this sequence are published
 * @param segments oldest first
 */
public record JournalInspection(@Nullable String id, boolean inUse, long cursor, List<Segment> segments) {

    /**
     * A segment.
     *
     * @param records the number of records that can be read
     * @param waiting the number of these that Kafka has not acknowledged
     * @param oldest when the oldest unacknowledged record was written; {@code null} if there is none
     * @param damage the stretches that are not a record
     */
    public record Segment(
            String file,
            long bytes,
            long records,
            long waiting,
            @Nullable Instant oldest,
            List<Damage> damage) {}

    /**
     * A stretch of a segment that is not a record.
     *
     * @param tail whether it is an incomplete write: no batch follows, and no batch begins here with all of its bytes.
     *     At the end of the last segment this is no damage: the write was cut short or is in progress.
     */
    public record Damage(long position, long bytes, boolean tail) {}

    /**
     * Inspects a folder.
     *
     * @throws IOException if the folder cannot be read, or a later release has written it
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

    /** The number of records that Kafka has not acknowledged. */
    public long waiting() {
        return segments.stream().mapToLong(Segment::waiting).sum();
    }
}
