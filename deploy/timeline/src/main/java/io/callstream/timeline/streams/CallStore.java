package io.callstream.timeline.streams;

import io.callstream.timeline.rules.Call;
import io.callstream.timeline.rules.CallFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one partition by their keys, the UTF-8 bytes of their ids, and the memory that they take. A key's array
 * is kept and must not change.
 */
final class CallStore {

    /**
     * Bytes of heap that an entry takes besides its key and its row, in the store and in the queues of the processor.
     * Measured, see RATIONALE.md.
     */
    static final int OVERHEAD = 150;

    /** The key of the horizon. No call has it, because an id has no control characters. */
    private static final byte[] HORIZON = {0};

    private final KeyValueStore<byte[], byte[]> rows;
    private final CallMemory memory;
    private long bytes;

    /** Takes over the rows of the store, and shows each call. */
    CallStore(KeyValueStore<byte[], byte[]> rows, CallMemory memory, BiConsumer<byte[], Call> found) {
        this.rows = rows;
        this.memory = memory;
        memory.open();
        try (KeyValueIterator<byte[], byte[]> all = rows.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> row = all.next();
                if (Arrays.equals(row.key, HORIZON)) {
                    continue;
                }
                account(size(row.key, row.value));
                found.accept(row.key, call(row.key, row.value));
            }
        }
    }

    private static long size(byte[] key, byte @Nullable [] row) {
        return row == null ? 0 : (long) key.length + row.length + OVERHEAD;
    }

    private void account(long more) {
        bytes += more;
        memory.add(more);
    }

    private static Call call(byte[] key, byte[] row) {
        return CallFormat.call(new String(key, StandardCharsets.UTF_8), row);
    }

    /** Whether the oldest calls have to be forgotten, for want of memory. */
    boolean isFull() {
        return memory.isOver(bytes);
    }

    @Nullable
    Call get(byte[] key) {
        byte[] row = rows.get(key);
        return row == null ? null : call(key, row);
    }

    /** @param row the call's bytes, see {@link CallFormat} */
    void put(byte[] key, byte[] row) {
        account(size(key, row) - size(key, rows.get(key)));
        rows.put(key, row);
    }

    void delete(byte[] key) {
        account(-size(key, rows.delete(key)));
    }

    /** Returns the time before which calls that started can have been forgotten early. Milliseconds since 1970, or 0. */
    long horizon() {
        byte[] at = rows.get(HORIZON);
        return at == null ? 0 : ByteBuffer.wrap(at).getLong();
    }

    void horizon(long at) {
        rows.put(HORIZON, ByteBuffer.allocate(Long.BYTES).putLong(at).array());
    }

    /** The partition goes to another instance. */
    void close() {
        memory.close(bytes);
    }
}
