package io.callstream.gateway.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.MutableRecordBatch;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Records as bytes: a segment's batches, in the format of Kafka's own log (message format 2), so that its tools read
 * them. The only class that knows Kafka's {@code common.record}, which is no public API.
 *
 * <pre>
 *   0 base offset 8 │ 8 length 4 │ 12 leader epoch 4 │ 16 magic 1 │ 17 CRC-32C 4 │ 21 attributes 2 │ 23 last offset delta 4
 *   27 base timestamp 8 │ 35 max timestamp 8 │ 43 producer id 8 │ 51 producer epoch 2 │ 53 base sequence 4 │ 57 count 4 │ 61 records
 * </pre>
 *
 * The CRC covers what comes after it. An offset is a record's sequence; because it stands before the CRC it is repeated
 * within: as the base sequence, counted from the segment's base. The producer id is the segment's generation. What else
 * stands before the CRC (length, magic) can be told from where the next batch begins.
 *
 * <p>The first header of a record is its topic.
 */
final class RecordBatches {

    /** No batch is longer, because no group of records is; see {@link DiskJournal.Limits}. */
    static final int LARGEST = 64 << 20;

    /** Stands for a generation that is not known: the first whole batch says it. */
    static final long ANY = -1;

    /** What a batch has before its first record. */
    static final int OVERHEAD = DefaultRecordBatch.RECORD_BATCH_OVERHEAD;

    private static final int LENGTH_AT = 8;
    private static final int LENGTH_COUNTS_FROM = 12;
    private static final int MAGIC_AT = 16;
    private static final int GENERATION_AT = 43;
    private static final int COUNT_AT = 57;
    private static final String TOPIC = "topic";

    private RecordBatches() {}

    /** A batch that was found whole. Its bytes are the buffer's that it was found in, and change with it. */
    static final class Batch {

        private final long base;
        private final MutableRecordBatch batch;

        private Batch(long base, MutableRecordBatch batch) {
            this.base = base;
            this.batch = batch;
        }

        /** The first record's sequence. */
        long first() {
            return base + batch.baseSequence();
        }

        /** The last record's sequence. */
        long last() {
            return base + batch.lastSequence();
        }

        long generation() {
            return batch.producerId();
        }

        /** When it was written, by the wall's clock. */
        long writtenAtMillis() {
            return batch.maxTimestamp();
        }

        int bytes() {
            return batch.sizeInBytes();
        }

        /** Copies of its records. */
        List<JournaledRecord> records() {
            List<JournaledRecord> records = new ArrayList<>();
            for (Record record : batch) {
                records.add(new JournaledRecord(base + record.sequence(), decoded(record)));
            }
            return records;
        }

        private static JournalRecord decoded(Record record) {
            Header[] headers = record.headers();
            List<Header> own = new ArrayList<>(headers.length - 1);
            for (Header header : headers) {
                own.add(new RecordHeader(header.key(), header.value()));
            }
            String topic = new String(own.remove(0).value(), StandardCharsets.UTF_8);
            byte[] key = record.hasKey() ? Utils.toArray(record.key()) : null;
            return new JournalRecord(topic, key, own, Utils.toArray(record.value()));
        }
    }

    /** Turns records into batches, always in the same memory. Not safe for two threads. */
    static final class Encoder {

        private static final int SMALL = 1 << 12;
        private static final int USUAL = 4 << 20;

        private ByteBuffer memory = ByteBuffer.allocate(SMALL);

        /**
         * One batch of records with consecutive sequences, valid until the next call.
         *
         * @param base the segment's
         * @param first the first record's sequence
         */
        ByteBuffer encode(long base, long generation, long first, List<JournalRecord> records, long nowMillis) {
            ByteBufferOutputStream out = new ByteBufferOutputStream(memory.clear());
            MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                    out,
                    RecordBatch.MAGIC_VALUE_V2,
                    Compression.NONE,
                    TimestampType.CREATE_TIME,
                    first,
                    RecordBatch.NO_TIMESTAMP,
                    generation,
                    (short) 0,
                    Math.toIntExact(first - base),
                    false,
                    false,
                    RecordBatch.NO_PARTITION_LEADER_EPOCH,
                    out.limit());
            for (JournalRecord record : records) {
                builder.append(nowMillis, record.key(), record.value(), headers(record));
            }
            ByteBuffer batch = builder.build().buffer();
            memory = out.buffer().capacity() > USUAL ? ByteBuffer.allocate(SMALL) : out.buffer();
            return batch;
        }
    }

    private static Header[] headers(JournalRecord record) {
        List<Header> own = record.headers();
        Header[] headers = new Header[own.size() + 1];
        headers[0] = new RecordHeader(TOPIC, record.topic().getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < own.size(); i++) {
            headers[i + 1] = own.get(i);
        }
        return headers;
    }

    /** The length that a batch at this place says it has, its head included; the head must be in the buffer. */
    static int length(ByteBuffer bytes, int at) {
        return bytes.getInt(at + LENGTH_AT) + LENGTH_COUNTS_FROM;
    }

    /** Whether something of this generation may begin at this place: cheap, and wrong now and then. */
    static boolean mayBegin(ByteBuffer bytes, int at, long generation) {
        return generation == ANY || bytes.getLong(at + GENERATION_AT) == generation;
    }

    /** The batch that fills these bytes, if its checksum says that it is whole. */
    static @Nullable Batch whole(ByteBuffer bytes, int at, int length, long base, long generation) {
        if (length < OVERHEAD
                || length != length(bytes, at)
                || bytes.get(at + MAGIC_AT) != RecordBatch.MAGIC_VALUE_V2) {
            return null;
        }
        Iterator<MutableRecordBatch> batches =
                MemoryRecords.readableRecords(bytes.slice(at, length)).batches().iterator();
        MutableRecordBatch batch = batches.next();
        return batch.isValid() && mayBegin(bytes, at, generation) && bytes.getInt(at + COUNT_AT) > 0
                ? new Batch(base, batch)
                : null;
    }

    /** As {@link #whole}, of a copy in which what stands before the checksum is put right. */
    static @Nullable Batch mended(ByteBuffer bytes, int at, int length, long base, long generation) {
        if (length < OVERHEAD || length > LARGEST || !mayBegin(bytes, at, generation)) {
            return null;
        }
        ByteBuffer copy = ByteBuffer.wrap(
                Arrays.copyOfRange(bytes.array(), bytes.arrayOffset() + at, bytes.arrayOffset() + at + length));
        copy.putInt(LENGTH_AT, length - LENGTH_COUNTS_FROM);
        copy.put(MAGIC_AT, RecordBatch.MAGIC_VALUE_V2);
        return whole(copy, 0, length, base, generation);
    }
}
