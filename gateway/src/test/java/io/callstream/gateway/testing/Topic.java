package io.callstream.gateway.testing;

import io.callstream.schemas.Topics;
import io.callstream.schemas.testing.Contract;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/**
 * Reads a topic with an ordinary Kafka consumer. Each record of the contract's topics is checked against the contract
 * once.
 */
public final class Topic implements AutoCloseable {

    private static final List<String> CONTRACT = List.of(Topics.EVENTS, Topics.TASKS, Topics.QUARANTINE);

    /** The first offset that is not checked yet, by broker and partition. */
    private static final Map<String, Long> UNJUDGED = new ConcurrentHashMap<>();

    private final String bootstrapServers;
    private final String name;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    public Topic(String bootstrapServers, String name) {
        this.bootstrapServers = bootstrapServers;
        this.name = name;
        this.consumer = new KafkaConsumer<>(
                // Closing a consumer waits for the fetch that is under way.
                Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", 50),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Returns all records that are in the topic now, in the order of each partition. */
    public synchronized List<ConsumerRecord<byte[], byte[]>> read() {
        if (consumer.assignment().isEmpty()) {
            consumer.assign(partitions());
            consumer.seekToBeginning(consumer.assignment());
        }
        poll();
        return List.copyOf(records);
    }

    /** Waits until at least this many records match, and returns all that match. */
    public List<ConsumerRecord<byte[], byte[]>> await(int count, Predicate<ConsumerRecord<byte[], byte[]>> which) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> read().stream().filter(which).toList(), found -> found.size() >= count);
    }

    /** Checks the records that no test has read yet, in every topic of the contract. */
    public static void judgeTheRest(String bootstrapServers) {
        for (String name : CONTRACT) {
            try (Topic topic = new Topic(bootstrapServers, name)) {
                topic.consumer.assign(topic.partitions());
                topic.consumer
                        .assignment()
                        .forEach(partition -> topic.consumer.seek(
                                partition, UNJUDGED.getOrDefault(bootstrapServers + '/' + partition, 0L)));
                topic.poll();
            }
        }
    }

    private List<TopicPartition> partitions() {
        return consumer.partitionsFor(name).stream()
                .map(partition -> new TopicPartition(name, partition.partition()))
                .toList();
    }

    private void poll() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(200)).forEach(polled::add);
        }
        List<String> faults = polled.parallelStream()
                .flatMap(record -> judge(record).stream())
                .toList();
        if (!faults.isEmpty()) {
            throw new AssertionError("The contract was broken: " + faults);
        }
        polled.forEach(record -> UNJUDGED.merge(place(record), record.offset() + 1, Math::max));
        records.addAll(polled);
    }

    private List<String> judge(ConsumerRecord<byte[], byte[]> record) {
        boolean isJudged = record.offset() < UNJUDGED.getOrDefault(place(record), 0L);
        return isJudged || !CONTRACT.contains(name) ? List.of() : Contract.faults(record);
    }

    private String place(ConsumerRecord<byte[], byte[]> record) {
        return bootstrapServers + '/' + new TopicPartition(record.topic(), record.partition());
    }

    @Override
    public void close() {
        consumer.close();
    }

    public static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        return headers;
    }

    public static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
    }

    public static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }
}
