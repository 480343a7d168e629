package io.callstream.gateway.journal.files;

import io.callstream.gateway.journal.JournalRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Encodes records as batches. Reuses its memory, except for unusually large batches. Not thread-safe. */
final class RecordBatchEncoder {

    private static final byte[] TOPIC = "topic".getBytes(StandardCharsets.UTF_8);
    private static final int NO_LEADER_EPOCH = -1;
    private static final int NULL = -1;

    /** The most bytes of a record's varints, attributes and topic header, without the topic and the other headers. */
    private static final int RECORD_FRAME = 32;

    /** The most bytes of the two lengths of a header. */
    private static final int HEADER_FRAME = 10;

    /** The most bytes of a character in UTF-8. */
    private static final int WIDEST = 3;

    private static final int SMALL = 1 << 12;
    private static final int USUAL = 4 << 20;

    private ByteBuffer memory = ByteBuffer.allocate(SMALL);

    /**
     * Encodes records with consecutive sequences as one batch. The buffer is valid until the next call.
     *
     * @param base the first sequence of the segment
     * @param first the first record's sequence
     */
    ByteBuffer encode(long base, long generation, long first, List<JournalRecord> records, long nowMillis) {
        ByteBuffer to = room(records);
        to.putLong(first)
                .putInt(0) // The length: set at the end.
                .putInt(NO_LEADER_EPOCH)
                .put(RecordBatch.MAGIC)
                .putInt(0) // The checksum: set at the end.
                .putShort((short) 0)
                .putInt(records.size() - 1)
                .putLong(nowMillis)
                .putLong(nowMillis)
                .putLong(generation)
                .putShort((short) 0)
                .putInt(Math.toIntExact(first - base))
                .putInt(records.size());
        for (int i = 0; i < records.size(); i++) {
            put(to, i, records.get(i));
        }
        RecordBatch.seal(to, 0, to.position());
        return to.flip();
    }

    private ByteBuffer room(List<JournalRecord> records) {
        long most = RecordBatch.HEAD;
        for (JournalRecord record : records) {
            most += RECORD_FRAME + (long) WIDEST * record.topic().length() + record.bytes();
            for (Header header : record.headers()) {
                most += HEADER_FRAME + (WIDEST - 1L) * header.key().length();
            }
        }
        int size = Math.toIntExact(most);
        if (size > USUAL) {
            // Not kept: the memory would stay allocated after a burst.
            return ByteBuffer.allocate(size);
        }
        if (size > memory.capacity()) {
            memory = ByteBuffer.allocate(Math.min(USUAL, 2 * size));
        }
        return memory.clear();
    }

    private static void put(ByteBuffer to, int offsetDelta, JournalRecord record) {
        byte[] topic = record.topic().getBytes(StandardCharsets.UTF_8);
        List<Header> headers = record.headers();
        byte[][] names = new byte[headers.size()][];
        int size = 2 + Varints.size(offsetDelta) + size(record.key()) + size(record.value());
        size += Varints.size(names.length + 1) + size(TOPIC) + size(topic);
        for (int i = 0; i < names.length; i++) {
            Header header = headers.get(i);
            names[i] = header.key().getBytes(StandardCharsets.UTF_8);
            size += size(names[i]) + size(header.value());
        }
        Varints.write(to, size);
        to.put((byte) 0).put((byte) 0); // No attributes; the timestamp delta is 0.
        Varints.write(to, offsetDelta);
        put(to, record.key());
        put(to, record.value());
        Varints.write(to, names.length + 1);
        put(to, TOPIC);
        put(to, topic);
        for (int i = 0; i < names.length; i++) {
            put(to, names[i]);
            put(to, headers.get(i).value());
        }
    }

    private static int size(byte @Nullable [] bytes) {
        return bytes == null ? Varints.size(NULL) : Varints.size(bytes.length) + bytes.length;
    }

    private static void put(ByteBuffer to, byte @Nullable [] bytes) {
        if (bytes == null) {
            Varints.write(to, NULL);
        } else {
            Varints.write(to, bytes.length);
            to.put(bytes);
        }
    }
}
