package io.callstream.gateway.journal.files;

import io.callstream.gateway.journal.files.Segments.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies damaged bytes of segments to files of their own, each stretch once, because a segment is deleted when it is
 * published. Used only by the loader thread.
 */
public final class Damaged {

    private static final String SUFFIX = ".damaged";
    private static final int MOST_FILES = 1000;
    private static final int MOST_LOGGED = 10_000;
    private static final long MOST_BYTES = 64L << 20;
    private static final int CHUNK = 1 << 16;

    /**
     * Bytes of a segment that are not a record.
     *
     * @param isTail whether they are an incomplete write at the end of an earlier run's segment; after they are copied,
     *     they are cut off
     * @param keptAs the file with the copy; {@code null} if they could not be copied
     */
    public record Stretch(
            String file,
            long position,
            long length,
            boolean isTail,
            @Nullable String keptAs) {}

    private final Storage storage;
    private final Segments segments;
    private final Consumer<Stretch> found;
    private final Map<String, Long> kept = new HashMap<>();
    private final Set<String> logged = new HashSet<>();
    private long bytes;

    /** @param found is called once for each stretch */
    public Damaged(Storage storage, Segments segments, Consumer<Stretch> found) throws IOException {
        this.storage = storage;
        this.segments = segments;
        this.found = found;
        for (String name : storage.names()) {
            if (name.endsWith(SUFFIX)) {
                try (Storage.StoredFile file = storage.open(name)) {
                    kept.put(name, file.size());
                    bytes += file.size();
                }
            }
        }
    }

    /**
     * Returns the handler for damage in one segment. It cuts off an incomplete write that an earlier run left at the
     * end.
     */
    SegmentReader.Damages in(Segment segment) {
        return (position, length, cutShort) -> {
            boolean tail = cutShort && segment.isFormer();
            String name = "%s-%d%s".formatted(segment.name().file(), position, SUFFIX);
            if (kept.getOrDefault(name, -1L) != length && !logged.contains(name)) {
                boolean keeps = keep(segment, position, length, name);
                found.accept(new Stretch(segment.name().file(), position, length, tail, keeps ? name : null));
                if (!keeps) {
                    if (logged.size() < MOST_LOGGED) {
                        logged.add(name);
                    }
                    return;
                }
            }
            if (tail && kept.containsKey(name)) {
                segments.cut(segment, position);
            }
        };
    }

    private boolean keep(Segment segment, long position, long length, String name) {
        try {
            if (storage.names().contains(name)) {
                // An earlier process ended before the copy was complete.
                storage.delete(name);
                bytes -= kept.getOrDefault(name, 0L);
                kept.remove(name);
            }
            if (kept.size() == MOST_FILES || bytes + length > MOST_BYTES) {
                return false;
            }
            copy(segment, position, length, name);
        } catch (IOException e) {
            return false;
        }
        kept.put(name, length);
        bytes += length;
        return true;
    }

    private void copy(Segment segment, long position, long length, String name) throws IOException {
        try (Storage.StoredFile from = storage.open(segment.name().file());
                Storage.StoredFile to = storage.create(name)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            for (long at = 0; at < length; at += chunk.limit()) {
                chunk.clear().limit((int) Math.min(CHUNK, length - at));
                from.read(position + at, chunk);
                to.write(at, chunk.flip());
            }
            to.sync();
        }
    }
}
