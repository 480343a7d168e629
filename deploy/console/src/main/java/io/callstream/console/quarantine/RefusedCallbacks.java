package io.callstream.console.quarantine;

import io.callstream.cli.quarantine.Quarantined;
import io.callstream.console.kafka.TopicReader;
import io.callstream.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads the newest records of {@code calls.quarantine}, or one of them. Blocks. Safe for any number of threads. */
public final class RefusedCallbacks {

    /** Records that a list contains. */
    public static final int MOST = 300;

    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /**
     * A refused callback, without its bytes.
     *
     * @param partition where its record is, with {@code offset}
     */
    public record Entry(
            int partition, long offset, String id, String reason, Instant receivedAt, int bytes, String explanation) {

        static Entry of(ConsumerRecord<byte[], byte[]> record) {
            Quarantined item = Quarantined.of(record);
            return new Entry(
                    record.partition(),
                    record.offset(),
                    item.id(),
                    item.reason(),
                    item.receivedAt(),
                    record.value().length,
                    item.explanation());
        }
    }

    private final TopicReader reader;

    public RefusedCallbacks(TopicReader reader) {
        this.reader = reader;
    }

    /**
     * The newest refused callbacks.
     *
     * @param entries the newest first
     * @param isWhole whether Kafka has the topic, and answered in time
     */
    public record Newest(List<Entry> entries, boolean isWhole) {}

    /**
     * Returns the newest ones.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer, or refuses
     */
    public Newest newest() {
        Comparator<Entry> byTime = Comparator.comparing(Entry::receivedAt);
        PriorityQueue<Entry> newest = new PriorityQueue<>(byTime);
        boolean isWhole = reader.last(Topics.QUARANTINE, MOST, PATIENCE, record -> {
            if (record.value() != null) {
                newest.add(Entry.of(record));
            }
            if (newest.size() > MOST) {
                newest.remove();
            }
        });
        return new Newest(newest.stream().sorted(byTime.reversed()).toList(), isWhole);
    }

    /**
     * Returns one of them; {@code null} if it is not there.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer, or refuses
     */
    public @Nullable Quarantined at(int partition, long offset) {
        ConsumerRecord<byte[], byte[]> record =
                reader.at(new TopicPartition(Topics.QUARANTINE, partition), offset, PATIENCE);
        return record == null || record.value() == null ? null : Quarantined.of(record);
    }
}
