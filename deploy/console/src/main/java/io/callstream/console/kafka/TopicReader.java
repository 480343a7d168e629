package io.callstream.console.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Opens consumers of committed records, and reads a part of one partition. Its methods block; a consumer belongs to the
 * thread that opened it. Safe for any number of threads.
 */
public final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final int ANSWER_MILLIS = 10_000;

    /** Bytes. A broker answers earlier if it has so many. */
    private static final int PLENTY = 512 << 10;

    private final Map<String, Object> settings;

    /** @param kafka the settings of Kafka's clients: servers and security */
    public TopicReader(Map<String, Object> kafka) {
        settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "callstream-console");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    }

    /**
     * Opens a consumer without partitions, to follow topics with. It gets what has come once a second: with every
     * commit of the timeline it would be twenty times.
     */
    public KafkaConsumer<byte[], byte[]> open() {
        Map<String, Object> patient = new HashMap<>(settings);
        patient.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, PLENTY);
        patient.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 1000);
        return open(patient);
    }

    /** Closing a consumer waits for the fetch that is under way: half a second by default. */
    private KafkaConsumer<byte[], byte[]> openBriefly() {
        Map<String, Object> brief = new HashMap<>(settings);
        brief.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
        return open(brief);
    }

    private static KafkaConsumer<byte[], byte[]> open(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Returns the topic's partitions, none if Kafka does not have the topic.
     *
     * @throws KafkaException if Kafka does not answer, or refuses
     */
    public static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        return found == null
                ? List.of()
                : found.stream()
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .toList();
    }

    /**
     * Reads a partition from a time on, until its present end.
     *
     * @param from records that were written earlier are left out
     * @param patience the most time it takes
     * @param to gets each record, and returns whether to go on
     * @throws KafkaException if Kafka does not answer, or refuses
     */
    public void read(
            TopicPartition partition, Instant from, Duration patience, Predicate<ConsumerRecord<byte[], byte[]>> to) {
        long begun = System.nanoTime();
        try (KafkaConsumer<byte[], byte[]> consumer = openBriefly()) {
            if (!partitions(consumer, partition.topic()).contains(partition)) {
                return;
            }
            consumer.assign(List.of(partition));
            @Nullable
            OffsetAndTimestamp first = consumer.offsetsForTimes(Map.of(partition, Math.max(0, from.toEpochMilli())))
                    .get(partition);
            if (first == null) {
                return;
            }
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            consumer.seek(partition, first.offset());
            while (consumer.position(partition) < end && System.nanoTime() - begun < patience.toNanos()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (!to.test(record)) {
                        return;
                    }
                }
            }
        }
    }

    /**
     * Returns one record; {@code null} if it is not there any more.
     *
     * @throws KafkaException if Kafka does not answer, or refuses
     */
    public @Nullable ConsumerRecord<byte[], byte[]> at(TopicPartition partition, long offset, Duration patience) {
        long begun = System.nanoTime();
        try (KafkaConsumer<byte[], byte[]> consumer = openBriefly()) {
            if (!partitions(consumer, partition.topic()).contains(partition)) {
                return null;
            }
            consumer.assign(List.of(partition));
            consumer.seek(partition, offset);
            while (System.nanoTime() - begun < patience.toNanos()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    return record.offset() == offset ? record : null;
                }
            }
            return null;
        }
    }

    /**
     * Reads the last records of a topic, those of each partition in their order.
     *
     * @param each the most records of each partition
     * @return whether the topic exists, and the time sufficed
     * @throws KafkaException if Kafka does not answer, or refuses
     */
    public boolean last(String topic, int each, Duration patience, Consumer<ConsumerRecord<byte[], byte[]>> to) {
        long begun = System.nanoTime();
        try (KafkaConsumer<byte[], byte[]> consumer = openBriefly()) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = partitions.isEmpty() ? Map.of() : consumer.endOffsets(partitions);
            ends.forEach((partition, end) -> consumer.seek(partition, Math.max(0, end - each)));
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() - begun > patience.toNanos()) {
                    return false;
                }
                consumer.poll(POLL).forEach(to);
            }
            return !partitions.isEmpty();
        }
    }
}
