package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment's batches in order. If bytes are not a batch of this segment, it searches byte by byte for the next
 * one. So only damaged batches are lost, not the batches after them.
 */
final class SegmentReader implements AutoCloseable {

    private static final int CHUNK = 1 << 20;
    private static final long NOWHERE = Long.MAX_VALUE;

    private final Storage.StoredFile file;
    private final long base;
    private final Damages damages;
    private long generation;
    private long position;
    private long last = -1;

    /** The bytes of the file from {@code bufferAt} on. */
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    private long bufferAt;

    /** Receives the stretches of bytes that are not a batch. */
    interface Damages {

        /**
         * Called once for each stretch, when the reader passes it.
         *
         * @param tail whether the stretch is an incomplete write: no batch follows, and no batch begins here with all
         *     of its bytes
         */
        void found(long position, long length, boolean tail) throws IOException;
    }

    /** @param generation the segment's generation, or {@link RecordBatch#ANY} */
    SegmentReader(Storage.StoredFile file, long base, long generation, Damages damages) {
        this.file = file;
        this.base = base;
        this.generation = generation;
        this.damages = damages;
    }

    /**
     * Returns the next batch, valid until the next call; {@code null} if there is none before the limit.
     *
     * @param limit the end of the bytes that are written so far
     */
    @Nullable
    RecordBatch next(long limit) throws IOException {
        while (position < limit) {
            RecordBatch batch = at(position, limit);
            if (batch != null) {
                return taken(batch, position + batch.bytes());
            }
            long end = position + 1;
            while (end < limit && (batch = at(end, limit)) == null) {
                end++;
            }
            RecordBatch repaired = repaired(position, end);
            if (repaired != null) {
                return taken(repaired, end);
            }
            damages.found(position, end - position, end >= limit && !hasWholeLength(position, limit));
            position = end;
        }
        return null;
    }

    private RecordBatch taken(RecordBatch batch, long end) {
        position = end;
        last = batch.last();
        generation = batch.generation();
        return batch;
    }

    private @Nullable RecordBatch at(long start, long limit) throws IOException {
        if (limit - start < RecordBatch.HEAD) {
            return null;
        }
        int at = fill(start, RecordBatch.HEAD, limit);
        if (!RecordBatch.mayBegin(buffer, at, generation)) {
            return null;
        }
        int length = RecordBatch.length(buffer, at);
        if (length < RecordBatch.HEAD || length > Math.min(RecordBatch.LARGEST, limit - start)) {
            return null;
        }
        at = fill(start, length, limit);
        return ascending(RecordBatch.whole(buffer, at, length, base, generation));
    }

    /** Whether a batch of this generation begins here and the file contains its whole length, damaged or not. */
    private boolean hasWholeLength(long start, long limit) throws IOException {
        if (generation == RecordBatch.ANY || limit - start < RecordBatch.HEAD) {
            return false;
        }
        int at = fill(start, RecordBatch.HEAD, limit);
        return RecordBatch.mayBegin(buffer, at, generation) && RecordBatch.length(buffer, at) <= limit - start;
    }

    private @Nullable RecordBatch repaired(long start, long end) throws IOException {
        int length = (int) Math.min(end - start, Integer.MAX_VALUE);
        if (length < RecordBatch.HEAD || length > RecordBatch.LARGEST) {
            return null;
        }
        int at = fill(start, RecordBatch.HEAD, end);
        if (!RecordBatch.mayBegin(buffer, at, generation)) {
            return null;
        }
        at = fill(start, length, end);
        return ascending(RecordBatch.repaired(buffer, at, length, base, generation));
    }

    private @Nullable RecordBatch ascending(@Nullable RecordBatch batch) {
        return batch != null && batch.first() > last ? batch : null;
    }

    /** Ensures that these bytes of the file are in the buffer. Returns their index in the buffer. */
    private int fill(long start, int length, long limit) throws IOException {
        if (start < bufferAt || start + length > bufferAt + buffer.limit()) {
            int size = (int) Math.min(Math.max(length, CHUNK), limit - start);
            buffer = (size <= buffer.capacity() ? buffer : ByteBuffer.allocate(size))
                    .clear()
                    .limit(size);
            // If the read fails, the content of the buffer is unknown.
            bufferAt = NOWHERE;
            file.read(start, buffer);
            buffer.flip();
            bufferAt = start;
            if (buffer.limit() < length) {
                throw new IOException("The file ends at %d, before %d".formatted(start + buffer.limit(), limit));
            }
        }
        return (int) (start - bufferAt);
    }

    long position() {
        return position;
    }

    /** The last sequence that was read; −1 before the first batch. */
    long last() {
        return last;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
