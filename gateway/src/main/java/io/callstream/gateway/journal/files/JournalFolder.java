package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An opened journal folder.
 *
 * @param identity {@link Identity#LOST} if {@link #look} cannot read it
 * @param identityWasLost whether the folder has segments but its identity could not be read, so that it has a new one
 * @param end the first sequence of this run, which no earlier segment reaches; {@link Long#MAX_VALUE} from
 *     {@link #look}
 */
public record JournalFolder(Identity identity, boolean identityWasLost, Cursor cursor, Segments segments, long end) {

    /**
     * Opens the folder to write in it. Writes the identity's two lines again, or creates a new identity if neither can
     * be read.
     *
     * @param segmentBytes the size at which a new segment is started
     * @throws IOException if the folder cannot be used, or a later release has written it
     */
    public static JournalFolder open(Storage storage, long segmentBytes) throws IOException {
        List<SegmentName> names = SegmentName.in(storage);
        Cursor cursor = new Cursor(storage);
        long end = cursor.position();
        for (SegmentName name : names) {
            end = Math.max(end, name.base() + Segments.MOST_RECORDS);
        }
        Identity known = Identity.read(storage);
        if (known != null) {
            known.restore(storage);
        }
        Identity identity = known != null ? known : Identity.create(storage, end);
        JournalFolder folder = of(storage, identity, known == null && !names.isEmpty(), cursor, end, segmentBytes);
        // After a kill, the folder can contain names that would not survive a power loss.
        storage.syncNames();
        return folder;
    }

    /**
     * Opens the folder to read it, and changes nothing.
     *
     * @throws IOException if the folder cannot be read, or a later release has written it
     */
    static JournalFolder look(Storage storage) throws IOException {
        Identity known = Identity.read(storage);
        Identity identity = known != null ? known : Identity.LOST;
        return of(storage, identity, false, new Cursor(storage), Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private static JournalFolder of(
            Storage storage, Identity identity, boolean isNew, Cursor cursor, long end, long segmentBytes)
            throws IOException {
        Segments segments = new Segments(storage, identity, segmentBytes);
        for (SegmentName name : SegmentName.in(storage)) {
            segments.adopt(name, end);
        }
        return new JournalFolder(identity, isNew, cursor, segments, end);
    }

    /** Closes the files and fsyncs the cursor. No file is used afterwards. */
    public void close() throws IOException {
        segments.close();
        cursor.sync();
        cursor.close();
    }

    /** As {@link io.callstream.gateway.journal.Journal#id}; {@code null} if it cannot be read. */
    @Nullable
    String id() {
        return identity.equals(Identity.LOST) ? null : identity.id();
    }
}
