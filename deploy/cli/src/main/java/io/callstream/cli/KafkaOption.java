package io.callstream.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command is told which Kafka, and how to log in there. */
public final class KafkaOption {

    private static final String LOCAL = "127.0.0.1:9092";
    private static final int SECONDS_10 = 10_000;
    private static final Duration POLL = Duration.ofMillis(200);

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Kafka's bootstrap servers (default: " + LOCAL + ").")
    private @Nullable String given;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "A properties file for Kafka's client: security.protocol, sasl.*, ssl.*.")
    private @Nullable Path config;

    /** Whether one was named. */
    public boolean isGiven() {
        return given != null;
    }

    public String servers() {
        return given == null ? LOCAL : given;
    }

    /** What the file says, of security above all. */
    public Properties config() {
        Properties settings = new Properties();
        if (config != null) {
            try (Reader file = Files.newBufferedReader(config)) {
                settings.load(file);
            } catch (IOException e) {
                throw new Fault("%s cannot be read: name a properties file.".formatted(config), e);
            }
        }
        return settings;
    }

    /** Reads all that a topic holds by now. */
    public <V> void scan(String topic, Deserializer<V> values, Consumer<ConsumerRecord<byte[], V>> to) {
        try (KafkaConsumer<byte[], V> consumer = follow(topic, values, true)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            long heard = System.nanoTime();
            while (!Interrupt.isRaised()
                    && ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                ConsumerRecords<byte[], V> records = consumer.poll(POLL);
                records.forEach(to);
                if (!records.isEmpty()) {
                    heard = System.nanoTime();
                } else if (System.nanoTime() - heard > TimeUnit.MILLISECONDS.toNanos(SECONDS_10)) {
                    throw new Fault(
                            "Kafka at %s stopped answering before the end of %s. Check that it runs, and try again."
                                    .formatted(servers(), topic));
                }
            }
        }
    }

    /**
     * A consumer of all partitions of a topic, in no group: it takes nothing from anybody.
     *
     * @param fromBeginning or from what is written from now on
     * @throws Fault where there is no such Kafka, or no such topic
     */
    public <V> KafkaConsumer<byte[], V> follow(String topic, Deserializer<V> values, boolean fromBeginning) {
        Properties settings = config();
        if (isGiven() || !settings.containsKey("bootstrap.servers")) {
            settings.put("bootstrap.servers", servers());
        }
        settings.put("default.api.timeout.ms", SECONDS_10);
        settings.put("allow.auto.create.topics", "false");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        KafkaConsumer<byte[], V> consumer;
        try {
            consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), values);
        } catch (KafkaException e) {
            throw new Fault("Kafka's settings are wrong: %s.".formatted(root(e)), e);
        }
        try {
            List<PartitionInfo> found = consumer.partitionsFor(topic, Duration.ofMillis(SECONDS_10));
            if (found == null || found.isEmpty()) {
                throw new Fault("There is no topic %s at %s: start a gateway there once, it makes it."
                        .formatted(topic, servers()));
            }
            List<TopicPartition> partitions = found.stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            if (fromBeginning) {
                consumer.seekToBeginning(partitions);
            } else {
                // At once, not at the first poll: what is written in between is to be seen.
                consumer.endOffsets(partitions).forEach(consumer::seek);
            }
            return consumer;
        } catch (KafkaException e) {
            consumer.close();
            throw new Fault(
                    "Kafka at %s does not answer. Check that it runs, and check --kafka and --kafka-config. (%s)"
                            .formatted(servers(), root(e)),
                    e);
        } catch (Fault e) {
            consumer.close();
            throw e;
        }
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
