package io.callstream.gateway.journal.files;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.RecordHeader;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A batch of records in a segment, in the format of Kafka's record batch, version 2, so that Kafka's tools read a
 * segment.
 *
 * <pre>
 *   batch, each field with its index and size in bytes:
 *     0 base offset 8 │ 8 length 4 │ 12 leader epoch 4 │ 16 magic 1 │ 17 CRC-32C 4 │ 21 attributes 2 │
 *     23 last offset delta 4 │ 27 base timestamp 8 │ 35 max timestamp 8 │ 43 producer id 8 │ 51 producer epoch 2 │
 *     53 base sequence 4 │ 57 count 4 │ 61 records
 *
 *   record (counts, lengths and deltas are {@linkplain Varints varints}):
 *     length │ attributes 1 │ timestamp delta │ offset delta │ key length │ key │ value length │ value │
 *     header count │ {header}
 *
 *   header: name's length │ name │ value's length │ value
 * </pre>
 *
 * The CRC covers the bytes after it. An offset is a record's sequence. The base offset is before the CRC, so it is
 * repeated after it as the base sequence, counted from the segment's base. The producer id is the segment's generation.
 * The length and magic, also before the CRC, can be recovered from the position of the next batch. The first header of
 * a record contains its topic.
 *
 * <p>A batch is a view of the buffer in which it was found, and changes with the buffer.
 *
 * @see <a href="https://kafka.apache.org/documentation/#recordbatch">Kafka's description of the format</a>
 */
public final class RecordBatch {

    /** Bytes. No batch is longer, because no group of records is longer. */
    public static final int LARGEST = 64 << 20;

    /** An unknown generation: the first whole batch of the segment determines it. */
    public static final long ANY = -1;

    /** The size of a batch's head: the bytes before the first record. */
    public static final int HEAD = 61;

    static final byte MAGIC = 2;

    private static final int LENGTH_AT = 8;
    private static final int LENGTH_COUNTS_FROM = 12;
    private static final int MAGIC_AT = 16;
    private static final int CRC_AT = 17;
    private static final int COVERED_FROM = 21;

    private static final int ATTRIBUTES_AT = 21;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int MAX_TIMESTAMP_AT = 35;
    private static final int GENERATION_AT = 43;
    private static final int BASE_SEQUENCE_AT = 53;
    private static final int COUNT_AT = 57;

    private final ByteBuffer bytes;
    private final int at;
    private final int length;
    private final long base;

    private RecordBatch(ByteBuffer bytes, int at, int length, long base) {
        this.bytes = bytes;
        this.at = at;
        this.length = length;
        this.base = base;
    }

    /**
     * The length that the batch at this index states, its head included, in bytes. The whole head must be in the
     * buffer.
     */
    public static int length(ByteBuffer bytes, int at) {
        return bytes.getInt(at + LENGTH_AT) + LENGTH_COUNTS_FROM;
    }

    /** Whether a batch of this generation may begin at this index. A cheap check that is sometimes wrong. */
    static boolean mayBegin(ByteBuffer bytes, int at, long generation) {
        return generation == ANY || bytes.getLong(at + GENERATION_AT) == generation;
    }

    /**
     * Returns the batch that fills these bytes; {@code null} if its head or checksum is wrong.
     *
     * @param base the first sequence of the segment
     */
    public static @Nullable RecordBatch whole(ByteBuffer bytes, int at, int length, long base, long generation) {
        boolean whole = length >= HEAD
                && length == length(bytes, at)
                && bytes.get(at + MAGIC_AT) == MAGIC
                && mayBegin(bytes, at, generation)
                && bytes.getShort(at + ATTRIBUTES_AT) == 0
                && bytes.getInt(at + COUNT_AT) > 0
                && bytes.getInt(at + CRC_AT) == checksum(bytes, at, length);
        return whole ? new RecordBatch(bytes, at, length, base) : null;
    }

    /** As {@link #whole}, on a copy with corrected length and magic, which the checksum does not cover. */
    static @Nullable RecordBatch repaired(ByteBuffer bytes, int at, int length, long base, long generation) {
        if (length < HEAD || length > LARGEST || !mayBegin(bytes, at, generation)) {
            return null;
        }
        ByteBuffer copy = ByteBuffer.wrap(
                Arrays.copyOfRange(bytes.array(), bytes.arrayOffset() + at, bytes.arrayOffset() + at + length));
        copy.putInt(LENGTH_AT, length - LENGTH_COUNTS_FROM);
        copy.put(MAGIC_AT, MAGIC);
        return whole(copy, 0, length, base, generation);
    }

    /** Writes the length and the checksum into a batch that is otherwise complete. */
    static void seal(ByteBuffer bytes, int at, int length) {
        bytes.putInt(at + LENGTH_AT, length - LENGTH_COUNTS_FROM);
        bytes.putInt(at + CRC_AT, checksum(bytes, at, length));
    }

    private static int checksum(ByteBuffer bytes, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at + COVERED_FROM, length - COVERED_FROM));
        return (int) crc.getValue();
    }

    /** The first record's sequence. */
    long first() {
        return base + bytes.getInt(at + BASE_SEQUENCE_AT);
    }

    /** The last record's sequence. */
    long last() {
        return first() + bytes.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    long generation() {
        return bytes.getLong(at + GENERATION_AT);
    }

    /** When the batch was written, by the wall clock. */
    long writtenAtMillis() {
        return bytes.getLong(at + MAX_TIMESTAMP_AT);
    }

    public int bytes() {
        return length;
    }

    /**
     * Returns copies of the records.
     *
     * @throws RuntimeException if they do not have the expected format although the checksum is correct
     */
    public List<JournaledRecord> records() {
        ByteBuffer from = bytes.slice(at + HEAD, length - HEAD);
        int count = bytes.getInt(at + COUNT_AT);
        List<JournaledRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(record(from));
        }
        return records;
    }

    private JournaledRecord record(ByteBuffer from) {
        Varints.read(from); // The record's length, which its fields imply.
        from.get(); // Attributes: the format does not define any yet.
        Varints.readLong(from); // The timestamp delta: a record has its batch's timestamp.
        long sequence = first() + Varints.read(from);
        byte[] key = array(from);
        byte[] value = present(array(from));
        int count = Varints.read(from) - 1;
        text(from); // The name of the header that contains the topic.
        String topic = text(from);
        List<Header> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            headers.add(new RecordHeader(text(from), present(array(from))));
        }
        return new JournaledRecord(sequence, new JournalRecord(topic, key, headers, value));
    }

    private static String text(ByteBuffer from) {
        return new String(present(array(from)), StandardCharsets.UTF_8);
    }

    private static byte[] present(byte @Nullable [] found) {
        return Objects.requireNonNull(found, "a value that every record of the journal has");
    }

    private static byte @Nullable [] array(ByteBuffer from) {
        int length = Varints.read(from);
        if (length < 0) {
            return null;
        }
        if (length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] found = new byte[length];
        from.get(found);
        return found;
    }
}
