package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.files.Segments;
import io.callstream.gateway.journal.files.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Checks every 500 ms, on the loader thread, whether the journal's folder still exists and the disk has enough free
 * space.
 */
final class DiskWatch {

    private final Storage storage;
    private final Segments segments;
    private final long freeFloor;
    private final OperatorMessages messages;
    private volatile long freeBytes;
    private volatile boolean isLow;
    private volatile boolean isGone;

    /** @param freeFloor the bytes of the disk that must stay free */
    DiskWatch(Storage storage, Segments segments, long freeFloor, OperatorMessages messages) {
        this.storage = storage;
        this.segments = segments;
        this.freeFloor = freeFloor;
        this.messages = messages;
    }

    void look() {
        boolean gone;
        boolean low = isLow;
        try {
            gone = !segments.areThere();
            if (!gone) {
                freeBytes = storage.freeBytes();
                low = freeBytes < freeFloor;
            }
        } catch (IOException e) {
            // A failing disk is noticed and logged at the next write.
            return;
        }
        boolean lowChanged = low != isLow;
        boolean goneChanged = gone != isGone;
        isLow = low;
        isGone = gone;
        if (lowChanged) {
            messages.disk(low, freeFloor);
        }
        if (goneChanged) {
            messages.folder(gone);
        }
    }

    /** The free bytes of the disk when it was last checked. */
    long freeBytes() {
        return freeBytes;
    }

    /** Why appends are refused, as a sentence for operators; {@code null} if they are not. */
    @Nullable
    String trouble() {
        if (isGone) {
            return OperatorMessages.FOLDER_GONE;
        }
        return isLow
                ? ("The journal's disk has less than %d MB free (callstream.journal.free-space-floor). Free space on it, or"
                                + " lower the floor.")
                        .formatted(freeFloor >> 20)
                : null;
    }
}
