package io.callstream.gateway.relay;

import io.callstream.gateway.journal.Destination;
import io.callstream.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Creates the topics of the contract if they are missing, and describes them. Existing topics are not changed. */
final class KafkaTopics {

    private static final List<String> NAMES = List.of(Topics.EVENTS, Topics.TASKS, Topics.QUARANTINE);
    private static final int PARTITIONS = 12;
    private static final int REPLICAS = 3;
    private static final int IN_SYNC = 2;

    /** Bytes. A body's records may have at most 16 times its size, and the largest body has 128 KB. */
    private static final int LARGEST_RECORD = 2 << 20;

    private static final Duration QUARANTINE_RETENTION = Duration.ofDays(7);

    private final Map<String, Object> settings;

    /** @param settings the settings of an admin client */
    KafkaTopics(Map<String, Object> settings) {
        this.settings = settings;
    }

    /**
     * How many copies an acknowledgement guarantees, for a record of any of the topics.
     *
     * @param partitions the number of partitions of the events' topic
     * @param replicas the replicas of the partition that has the fewest
     * @param inSync the lowest {@code min.insync.replicas}: how many copies an acknowledgement with {@code acks=all}
     *     waits for
     */
    record Replication(int partitions, int replicas, int inSync) {

        /** Whether an acknowledged record survives the loss of any one broker. */
        boolean survivesABroker() {
            return replicas >= IN_SYNC && inSync >= IN_SYNC;
        }
    }

    /**
     * The result of one check of the topics.
     *
     * @param largestRecords {@code max.message.bytes} by topic; a topic is missing if its settings cannot be read
     * @param troubles why records cannot be published now, one sentence each
     */
    record Found(Replication replication, Map<String, Integer> largestRecords, List<String> troubles) {

        Destination destination() {
            return new Destination(replication.survivesABroker(), largestRecords);
        }
    }

    /** A topic is missing and cannot be created. */
    static final class MissingTopicException extends RuntimeException {

        MissingTopicException(String topic, Throwable cause) {
            super(
                    "Topic %s is missing, and creating it fails (%s: %s)."
                            .formatted(topic, cause.getClass().getSimpleName(), cause.getMessage()),
                    cause);
        }
    }

    /**
     * Creates missing topics, then describes all of them.
     *
     * @return fails with {@link MissingTopicException} if a topic cannot be created, otherwise with the admin client's
     *     error
     */
    Mono<Found> ensure() {
        return Mono.fromCallable(this::ensureBlocking).subscribeOn(Schedulers.boundedElastic());
    }

    private Found ensureBlocking() throws InterruptedException, ExecutionException {
        Admin admin = Admin.create(settings);
        try {
            create(admin, missing(admin));
            Map<String, TopicDescription> topics =
                    admin.describeTopics(NAMES).allTopicNames().get();
            Map<String, Config> configs = configs(admin);
            int replicas = topics.values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .mapToInt(partition -> partition.replicas().size())
                    .min()
                    .orElse(1);
            int inSync = NAMES.stream()
                    .mapToInt(name -> number(configs, name, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, 1))
                    .min()
                    .orElse(1);
            Map<String, Integer> largest = new HashMap<>();
            for (String name : configs.keySet()) {
                largest.put(name, number(configs, name, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, LARGEST_RECORD));
            }
            return new Found(
                    new Replication(
                            Objects.requireNonNull(topics.get(Topics.EVENTS))
                                    .partitions()
                                    .size(),
                            replicas,
                            inSync),
                    Map.copyOf(largest),
                    troubles(topics, configs));
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private static List<String> troubles(Map<String, TopicDescription> topics, Map<String, Config> configs) {
        List<String> troubles = new ArrayList<>();
        for (TopicDescription topic : topics.values()) {
            int needed = number(configs, topic.name(), TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, 1);
            for (TopicPartitionInfo partition : topic.partitions()) {
                Node leader = partition.leader();
                if (leader == null || leader.isEmpty()) {
                    troubles.add("Partition %d of topic %s has no leader. Start the broker that holds it."
                            .formatted(partition.partition(), topic.name()));
                } else if (partition.isr().size() < needed) {
                    troubles.add(
                            "Partition %d of topic %s has %d in-sync replica(s) and min.insync.replicas is %d. Start the missing brokers."
                                    .formatted(
                                            partition.partition(),
                                            topic.name(),
                                            partition.isr().size(),
                                            needed));
                }
            }
        }
        return troubles;
    }

    private static List<String> missing(Admin admin) throws InterruptedException, ExecutionException {
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                admin.describeTopics(NAMES).topicNameValues().entrySet()) {
            try {
                topic.getValue().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                missing.add(topic.getKey());
            }
        }
        return missing;
    }

    private static void create(Admin admin, List<String> missing) throws InterruptedException, ExecutionException {
        if (missing.isEmpty()) {
            return;
        }
        int brokers = admin.describeCluster().nodes().get().size();
        List<NewTopic> topics = new ArrayList<>();
        for (String name : missing) {
            topics.add(topic(name, brokers));
        }
        for (Map.Entry<String, KafkaFuture<Void>> topic :
                admin.createTopics(topics).values().entrySet()) {
            try {
                topic.getValue().get();
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
                // Another gateway has created it in the meantime.
                if (!(cause instanceof TopicExistsException)) {
                    throw new MissingTopicException(topic.getKey(), cause);
                }
            }
        }
    }

    private static NewTopic topic(String name, int brokers) {
        Map<String, String> settings = new HashMap<>();
        settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(Math.min(IN_SYNC, brokers)));
        settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LARGEST_RECORD));
        // The broker sets the time. If the producer set it and its clock jumped, the broker could reject the records.
        settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        if (name.equals(Topics.QUARANTINE)) {
            settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(QUARANTINE_RETENTION.toMillis()));
        }
        return new NewTopic(name, PARTITIONS, (short) Math.min(REPLICAS, brokers)).configs(settings);
    }

    /**
     * Returns the topics' settings by topic name. Returns nothing if Kafka refuses to show them; then callers assume
     * {@code min.insync.replicas} 1 and the brokers' default limit for a record.
     */
    private static Map<String, Config> configs(Admin admin) throws InterruptedException, ExecutionException {
        List<ConfigResource> topics = NAMES.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        try {
            Map<String, Config> configs = new HashMap<>();
            admin.describeConfigs(topics).all().get().forEach((topic, config) -> configs.put(topic.name(), config));
            return configs;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                throw e;
            }
            return Map.of();
        }
    }

    private static int number(Map<String, Config> configs, String topic, String setting, int otherwise) {
        Config config = configs.get(topic);
        return config == null ? otherwise : Integer.parseInt(config.get(setting).value());
    }
}
