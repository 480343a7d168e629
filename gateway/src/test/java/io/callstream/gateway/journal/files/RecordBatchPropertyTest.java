package io.callstream.gateway.journal.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.RecordHeader;
import io.callstream.gateway.journal.files.KafkaRecords.Read;
import io.callstream.gateway.journal.files.KafkaRecords.ReadHeader;
import io.callstream.gateway.journal.files.KafkaRecords.ReadRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.apache.kafka.common.header.Header;

/** The journal's file format is Kafka's: every Kafka release writes the same bytes, and reads them. */
class RecordBatchPropertyTest {

    private static final long NOW = 1_700_000_000_123L;

    private final List<KafkaRecords> releases = releases();
    private final RecordBatchEncoder encoder = new RecordBatchEncoder();

    private static List<KafkaRecords> releases() {
        try {
            return KafkaRecords.ofAllReleases();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Property(tries = 50)
    void kafkaWritesTheSameBytes(
            @ForAll("batches") List<JournalRecord> records,
            @ForAll @LongRange(min = 0, max = 1L << 40) long base,
            @ForAll @IntRange(max = 1_000_000) int behind,
            @ForAll @LongRange(min = 0) long generation)
            throws Exception {
        byte[] ours = encoded(base, generation, base + behind, records);
        assertThat(releases).hasSizeGreaterThan(1);
        for (KafkaRecords kafka : releases) {
            assertThat(ours).as("%s", kafka).isEqualTo(kafka.write(generation, behind, base + behind, NOW, records));
        }
    }

    @Property(tries = 50)
    void kafkaReadsWhatWeWrite(
            @ForAll("batches") List<JournalRecord> records, @ForAll @IntRange(max = 1_000_000) int behind)
            throws Exception {
        byte[] ours = encoded(77, 5, 77 + behind, records);
        for (KafkaRecords kafka : releases) {
            List<ReadRecord> expected = new ArrayList<>();
            for (int i = 0; i < records.size(); i++) {
                expected.add(read(77 + behind + i, behind + i, records.get(i)));
            }
            assertThat(kafka.read(ByteBuffer.wrap(ours)))
                    .as("%s", kafka)
                    .containsExactly(new Read(true, 77 + behind, 5, behind, NOW, expected));
        }
    }

    @Property(tries = 50)
    void weReadWhatKafkaWrites(
            @ForAll("batches") List<JournalRecord> records,
            @ForAll @LongRange(min = 0, max = 1L << 40) long base,
            @ForAll @IntRange(max = 1_000_000) int behind)
            throws Exception {
        for (KafkaRecords kafka : releases) {
            byte[] theirs = kafka.write(5, behind, base + behind, NOW, records);
            ByteBuffer somewhere = ByteBuffer.allocate(theirs.length + 20).put(7, theirs);
            RecordBatch batch = RecordBatch.whole(somewhere, 7, theirs.length, base, 5);
            assertThat(batch).as("%s", kafka).isNotNull();
            assertThat(batch.first()).isEqualTo(base + behind);
            assertThat(batch.last()).isEqualTo(base + behind + records.size() - 1);
            assertThat(batch.writtenAtMillis()).isEqualTo(NOW);
            assertThat(batch.generation()).isEqualTo(5);
            assertThat(batch.bytes()).isEqualTo(theirs.length);
            List<ReadRecord> expected = new ArrayList<>();
            for (int i = 0; i < records.size(); i++) {
                expected.add(read(base + behind + i, behind + i, records.get(i)));
            }
            assertThat(batch.records())
                    .extracting(read -> read(read.sequence(), (int) (read.sequence() - base), read.record()))
                    .isEqualTo(expected);
        }
    }

    /** The record in the form that can be compared, as Kafka returns it. */
    private static ReadRecord read(long offset, int behind, JournalRecord record) {
        List<ReadHeader> headers = new ArrayList<>();
        headers.add(header(RecordHeader.of("topic", record.topic())));
        record.headers().forEach(header -> headers.add(header(header)));
        return new ReadRecord(
                offset,
                behind,
                NOW,
                record.key() == null ? null : ByteBuffer.wrap(record.key()),
                ByteBuffer.wrap(record.value()),
                headers);
    }

    /**
     * One flipped bit in the checksum or behind it makes the batch invalid. A batch with a flipped bit before the
     * checksum can be repaired.
     */
    @Property(tries = 250)
    void damageIsSeen(@ForAll("batches") List<JournalRecord> records, @ForAll @IntRange(max = 1 << 24) int bit) {
        byte[] bytes = encoded(0, 5, 3, records);
        int at = bit / 8 % bytes.length;
        bytes[at] ^= (byte) (1 << bit % 8);
        ByteBuffer damaged = ByteBuffer.wrap(bytes);
        boolean unseen = at < 8 || (at >= 12 && at < 16);
        assertThat(RecordBatch.whole(damaged, 0, bytes.length, 0, 5) != null).isEqualTo(unseen);
        RecordBatch repaired = RecordBatch.repaired(damaged, 0, bytes.length, 0, 5);
        assertThat(repaired != null).isEqualTo(at < 17);
        if (repaired != null) {
            assertThat(repaired.records()).hasSameSizeAs(records);
        }
    }

    private byte[] encoded(long base, long generation, long first, List<JournalRecord> records) {
        ByteBuffer batch = encoder.encode(base, generation, first, records, NOW);
        return Arrays.copyOfRange(
                batch.array(), batch.arrayOffset() + batch.position(), batch.arrayOffset() + batch.limit());
    }

    private static ReadHeader header(Header header) {
        return new ReadHeader(header.key(), ByteBuffer.wrap(header.value()));
    }

    @Provide
    Arbitrary<List<JournalRecord>> batches() {
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
        Arbitrary<String> text = Arbitraries.strings()
                .ofMaxLength(70)
                .filter(chars -> StandardCharsets.UTF_8.newEncoder().canEncode(chars));
        Arbitrary<Header> headers = Combinators.combine(text, bytes).as(RecordHeader::new);
        Arbitrary<byte[]> large = Arbitraries.of(0, 63, 64, 8191, 8192, 200_000).map(byte[]::new);
        return Combinators.combine(
                        text,
                        bytes.injectNull(0.2),
                        headers.list().ofMaxSize(12),
                        Arbitraries.frequencyOf(Tuple.of(9, bytes), Tuple.of(1, large)))
                .as(JournalRecord::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(20);
    }
}
