package io.callstream.timeline.streams;

import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Creates the clients of Kafka Streams, and knows from its consumer whether a partition has been read to its end. All
 * methods except {@link #getConsumer} and {@link #received} are called by the one stream thread, which owns that consumer.
 */
final class StreamsClients implements KafkaClientSupplier {

    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    private @Nullable Metric fetches;

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        Consumer<byte[], byte[]> created = reader(config);
        consumer = created;
        fetches = null;
        return created;
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return reader(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return reader(config);
    }

    private static Consumer<byte[], byte[]> reader(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Returns the number of fetches that Kafka has answered: it rises twice a second while nothing comes. */
    double fetches() {
        if (fetches == null) {
            fetches = metric("fetch-total", "consumer-fetch-manager-metrics");
        }
        return number(fetches);
    }

    /** Returns the bytes that Kafka has answered with. They rise every few seconds, also without a partition. Thread-safe. */
    double received() {
        return number(metric("incoming-byte-total", "consumer-metrics"));
    }

    private static double number(@Nullable Metric metric) {
        return metric == null ? 0 : ((Number) metric.metricValue()).doubleValue();
    }

    private @Nullable Metric metric(String name, String group) {
        Consumer<byte[], byte[]> reader = consumer;
        if (reader == null) {
            return null;
        }
        for (Map.Entry<MetricName, ? extends Metric> metric : reader.metrics().entrySet()) {
            if (metric.getKey().name().equals(name) && metric.getKey().group().equals(group)) {
                return metric.getValue();
            }
        }
        return null;
    }

    /** Returns whether the partition has no record that was not read. {@code false} if that is not known. */
    boolean isAtEnd(TopicPartition partition) {
        Consumer<byte[], byte[]> reader = consumer;
        if (reader == null) {
            return false;
        }
        OptionalLong lag = lag(reader, partition);
        return lag.isPresent() && lag.getAsLong() == 0;
    }

    private static OptionalLong lag(Consumer<byte[], byte[]> reader, TopicPartition partition) {
        try {
            return reader.currentLag(partition);
        } catch (IllegalStateException e) {
            // The partition was taken away.
            return OptionalLong.empty();
        }
    }
}
