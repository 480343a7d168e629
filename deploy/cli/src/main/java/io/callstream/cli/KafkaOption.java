package io.callstream.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the address of Kafka and the login, and the consumers that use them. */
public final class KafkaOption {

    private static final String LOCAL = "127.0.0.1:9092";
    private static final int TEN_SECONDS_MILLIS = 10_000;
    private static final int FETCH_WAIT_MILLIS = 50;
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

    /** Whether {@code --kafka} is set. */
    public boolean isGiven() {
        return given != null;
    }

    public String servers() {
        return given == null ? LOCAL : given;
    }

    /**
     * The settings in the file of {@code --kafka-config}, mainly for security; empty if the option is not set.
     *
     * @throws Fault if the file cannot be read
     */
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

    /**
     * Reads all records that a topic contains now. Ends early on Ctrl-C.
     *
     * @throws Fault if Kafka does not answer or has no such topic
     */
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
                } else if (System.nanoTime() - heard > TimeUnit.MILLISECONDS.toNanos(TEN_SECONDS_MILLIS)) {
                    throw new Fault(
                            "Kafka at %s stopped answering before the end of %s. Check that it runs, and try again."
                                    .formatted(servers(), topic));
                }
            }
        }
    }

    /**
     * Returns whether Kafka has a topic of this name, and its user may read it.
     *
     * @throws Fault if Kafka does not answer
     */
    public boolean has(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = create(new ByteArrayDeserializer())) {
            return !partitions(consumer, topic).isEmpty();
        } catch (TopicAuthorizationException e) {
            return false;
        } catch (KafkaException e) {
            throw unanswered(e);
        }
    }

    /**
     * Creates a consumer of all partitions of a topic. It is in no group, so it takes no records from other consumers.
     *
     * @param fromBeginning whether to begin at the oldest record; otherwise it reads only records written from now on
     * @throws Fault if Kafka does not answer or has no such topic
     */
    public <V> KafkaConsumer<byte[], V> follow(String topic, Deserializer<V> values, boolean fromBeginning) {
        return follow(List.of(topic), values, fromBeginning);
    }

    /** Does the same for several topics. */
    public <V> KafkaConsumer<byte[], V> follow(List<String> topics, Deserializer<V> values, boolean fromBeginning) {
        KafkaConsumer<byte[], V> consumer = create(values);
        try {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : topics) {
                List<TopicPartition> found = partitions(consumer, topic);
                if (found.isEmpty()) {
                    throw new Fault(
                            "Kafka has no topic %s at %s. Start a gateway with this Kafka once; it creates the topic."
                                    .formatted(topic, servers()));
                }
                partitions.addAll(found);
            }
            consumer.assign(partitions);
            if (fromBeginning) {
                consumer.seekToBeginning(partitions);
            } else {
                // The offsets are set now, not at the first poll, so that records written in between are read.
                consumer.endOffsets(partitions).forEach(consumer::seek);
            }
            return consumer;
        } catch (KafkaException e) {
            consumer.close();
            throw unanswered(e);
        } catch (Fault e) {
            consumer.close();
            throw e;
        }
    }

    /** Creates a producer that waits for every copy of a record. */
    public KafkaProducer<byte[], byte[]> producer() {
        Properties settings = connection();
        settings.put("delivery.timeout.ms", TEN_SECONDS_MILLIS);
        settings.put("request.timeout.ms", TEN_SECONDS_MILLIS / 2);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Properties connection() {
        Properties settings = config();
        if (isGiven() || !settings.containsKey("bootstrap.servers")) {
            settings.put("bootstrap.servers", servers());
        }
        return settings;
    }

    private <V> KafkaConsumer<byte[], V> create(Deserializer<V> values) {
        Properties settings = connection();
        settings.put("default.api.timeout.ms", TEN_SECONDS_MILLIS);
        settings.put("allow.auto.create.topics", "false");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("isolation.level", "read_committed");
        // Closing a consumer waits for the fetch that is under way: with the default, half a second for each command.
        settings.put("fetch.max.wait.ms", FETCH_WAIT_MILLIS);
        try {
            return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), values);
        } catch (KafkaException e) {
            throw new Fault("Kafka's settings are wrong: %s.".formatted(root(e)), e);
        }
    }

    private static <V> List<TopicPartition> partitions(KafkaConsumer<byte[], V> consumer, String topic) {
        List<PartitionInfo> found = consumer.partitionsFor(topic, Duration.ofMillis(TEN_SECONDS_MILLIS));
        return found == null
                ? List.of()
                : found.stream()
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .toList();
    }

    private Fault unanswered(KafkaException failure) {
        return new Fault(
                "Kafka at %s does not answer. Check that it runs, and check --kafka and --kafka-config. (%s)"
                        .formatted(servers(), root(failure)),
                failure);
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
