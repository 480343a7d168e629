package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in a journal's folder.
 *
 * @param identity {@link Identity#LOST} where it cannot be read and is only looked at
 * @param identityWasLost there are segments, but the identity of the folder could not be read: it has a new one
 * @param end no segment that was there reaches this sequence
 */
public record JournalFolder(Identity identity, boolean identityWasLost, Cursor cursor, Segments segments, long end) {

    /**
     * Opens it to work there. A new folder gets an identity; a damaged one is written anew, so that it is there twice again.
     *
     * @param segmentBytes a segment that has so many is left
     * @throws IOException where the folder cannot be used, or is a later release's
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
        // A kill can leave names that would not survive the loss of power.
        storage.syncNames();
        return folder;
    }

    /**
     * Looks at it and changes nothing.
     *
     * @throws IOException where it cannot be read, or is a later release's
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

    /** As {@link io.callstream.gateway.journal.Journal#id}; nothing where it cannot be read. */
    @Nullable
    String id() {
        return identity.equals(Identity.LOST) ? null : identity.id();
    }
}
