package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment's batches in order. Where the bytes are no batch of this segment it looks, byte by byte, for the next
 * that is: damage costs the batches that it has hit, never those behind them.
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

    /** What has been read of the file, from {@code bufferAt} on. */
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    private long bufferAt;

    /** Hears of bytes that are no batch and in which none begins. */
    interface Damages {

        /**
         * Told of each stretch once, when reading passes it.
         *
         * @param tail whether it is what a write leaves that was cut short: nothing follows, and no whole batch has begun
         */
        void found(long position, long length, boolean tail) throws IOException;
    }

    /** @param generation of the segment, or {@link RecordBatch#ANY} */
    SegmentReader(Storage.StoredFile file, long base, long generation, Damages damages) {
        this.file = file;
        this.base = base;
        this.generation = generation;
        this.damages = damages;
    }

    /**
     * The next batch, valid until the next call; nothing where there is none before the limit.
     *
     * @param limit where the bytes written by now end
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
            RecordBatch mended = mended(position, end);
            if (mended != null) {
                return taken(mended, end);
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

    /** Whether a batch begins here and all of its bytes are there, whatever they are. */
    private boolean hasWholeLength(long start, long limit) throws IOException {
        if (generation == RecordBatch.ANY || limit - start < RecordBatch.HEAD) {
            return false;
        }
        int at = fill(start, RecordBatch.HEAD, limit);
        return RecordBatch.mayBegin(buffer, at, generation) && RecordBatch.length(buffer, at) <= limit - start;
    }

    private @Nullable RecordBatch mended(long start, long end) throws IOException {
        int length = (int) Math.min(end - start, Integer.MAX_VALUE);
        if (length < RecordBatch.HEAD || length > RecordBatch.LARGEST) {
            return null;
        }
        int at = fill(start, RecordBatch.HEAD, end);
        if (!RecordBatch.mayBegin(buffer, at, generation)) {
            return null;
        }
        at = fill(start, length, end);
        return ascending(RecordBatch.mended(buffer, at, length, base, generation));
    }

    private @Nullable RecordBatch ascending(@Nullable RecordBatch batch) {
        return batch != null && batch.first() > last ? batch : null;
    }

    /** Has this stretch of the file in the buffer; gives where in it. */
    private int fill(long start, int length, long limit) throws IOException {
        if (start < bufferAt || start + length > bufferAt + buffer.limit()) {
            int size = (int) Math.min(Math.max(length, CHUNK), limit - start);
            buffer = (size <= buffer.capacity() ? buffer : ByteBuffer.allocate(size))
                    .clear()
                    .limit(size);
            // Until it has been read there is nothing in it.
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

    /** The last sequence seen, −1 before any. */
    long last() {
        return last;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
