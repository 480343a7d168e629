package io.callstream.gateway.relay;

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
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The topics of the contract: created where they are missing, used as they are where they exist. */
final class KafkaTopics {

    private static final List<String> NAMES = List.of(Topics.EVENTS, Topics.TASKS, Topics.QUARANTINE);
    private static final int PARTITIONS = 12;
    private static final int REPLICAS = 3;
    private static final int IN_SYNC = 2;
    /** The largest body, with each of its bytes a control character that JSON writes as six, told twice in an event. */
    static final int LARGEST_RECORD = 2 << 20;

    private static final Duration QUARANTINE_RETENTION = Duration.ofDays(7);

    private final Map<String, Object> settings;

    /** @param settings of an admin client */
    KafkaTopics(Map<String, Object> settings) {
        this.settings = settings;
    }

    /**
     * How many copies an acknowledgement stands for, whichever topic it is of.
     *
     * @param partitions of the events' topic
     * @param replicas of the partition that has the fewest
     * @param inSync the least of them that an acknowledgement with {@code acks=all} waits for
     */
    record Replication(int partitions, int replicas, int inSync) {

        /** Whether an acknowledgement outlives any one broker. */
        boolean survivesABroker() {
            return replicas >= IN_SYNC && inSync >= IN_SYNC;
        }
    }

    /** Completes once every topic exists; fails with Kafka's own error where it cannot be reached or forbids. */
    Mono<Replication> ensure() {
        return Mono.fromCallable(this::ensureBlocking).subscribeOn(Schedulers.boundedElastic());
    }

    private Replication ensureBlocking() throws InterruptedException, ExecutionException {
        Admin admin = Admin.create(settings);
        try {
            create(admin, missing(admin));
            Map<String, TopicDescription> topics =
                    admin.describeTopics(NAMES).allTopicNames().get();
            int replicas = topics.values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .mapToInt(partition -> partition.replicas().size())
                    .min()
                    .orElse(1);
            return new Replication(
                    Objects.requireNonNull(topics.get(Topics.EVENTS))
                            .partitions()
                            .size(),
                    replicas,
                    inSync(admin));
        } finally {
            admin.close(Duration.ZERO);
        }
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
        for (KafkaFuture<Void> created : admin.createTopics(topics).values().values()) {
            try {
                created.get();
            } catch (ExecutionException e) {
                // Another gateway was faster.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private static NewTopic topic(String name, int brokers) {
        Map<String, String> settings = new HashMap<>();
        settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(Math.min(IN_SYNC, brokers)));
        settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LARGEST_RECORD));
        // The broker's clock: a producer's, once it has jumped, would have its records refused.
        settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        if (name.equals(Topics.QUARANTINE)) {
            settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(QUARANTINE_RETENTION.toMillis()));
        }
        return new NewTopic(name, PARTITIONS, (short) Math.min(REPLICAS, brokers)).configs(settings);
    }

    /** 1 where we may not look, or the cluster cannot be asked: then an acknowledgement is trusted for no more than it certainly is. */
    private static int inSync(Admin admin) throws InterruptedException, ExecutionException {
        List<ConfigResource> topics = NAMES.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        try {
            int least = Integer.MAX_VALUE;
            for (Config config : admin.describeConfigs(topics).all().get().values()) {
                String value =
                        config.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG).value();
                least = Math.min(least, Integer.parseInt(value));
            }
            return least;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                throw e;
            }
            return 1;
        }
    }
}
