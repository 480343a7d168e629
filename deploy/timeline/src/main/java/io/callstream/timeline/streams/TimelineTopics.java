package io.callstream.timeline.streams;

import io.callstream.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** Creates the topics that the timeline writes to, with as many partitions as the one that it reads has. */
final class TimelineTopics {

    private static final int REPLICAS = 3;
    static final int IN_SYNC = 2;

    /** Bytes: the largest event that the gateway publishes has 2 MB, and gets a member or, if it fails, headers. */
    static final int LARGEST_RECORD = 3 << 20;

    private static final Duration FAILED_RETENTION = Duration.ofDays(7);

    /** An erased call is gone from the topic within this time, also if nothing else is written. */
    static final Duration MOST_LAG = Duration.ofHours(24);

    private static final Duration TOMBSTONES_STAY = Duration.ofDays(1);

    private TimelineTopics() {}

    /**
     * Creates what is missing.
     *
     * @return the number of replicas for the topics that Kafka Streams creates; {@code null} if the topic to read does
     *     not exist yet: the gateway creates it
     */
    static @Nullable Integer prepare(Admin admin, Collection<String> companyTopics)
            throws InterruptedException, ExecutionException {
        Map<String, TopicDescription> found = existing(admin, Topics.EVENTS);
        TopicDescription events = found.get(Topics.EVENTS);
        if (events == null) {
            return null;
        }
        int partitions = events.partitions().size();
        int brokers = admin.describeCluster().nodes().get().size();
        List<NewTopic> topics = new ArrayList<>();
        topics.add(topic(Topics.TIMELINE, partitions, brokers, Map.of()));
        topics.add(topic(
                Topics.STATE,
                partitions,
                brokers,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
                        Long.toString(MOST_LAG.toMillis()),
                        TopicConfig.DELETE_RETENTION_MS_CONFIG,
                        Long.toString(TOMBSTONES_STAY.toMillis()))));
        topics.add(topic(
                Topics.TIMELINE_FAILED,
                partitions,
                brokers,
                Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(FAILED_RETENTION.toMillis()))));
        companyTopics.forEach(name -> topics.add(topic(name, partitions, brokers, Map.of())));
        create(admin, topics);
        return Math.min(REPLICAS, brokers);
    }

    private static Map<String, TopicDescription> existing(Admin admin, String name)
            throws InterruptedException, ExecutionException {
        return admin.listTopics().names().get().contains(name)
                ? admin.describeTopics(List.of(name)).allTopicNames().get()
                : Map.of();
    }

    private static NewTopic topic(String name, int partitions, int brokers, Map<String, String> own) {
        Map<String, String> settings = new HashMap<>(own);
        settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(Math.min(IN_SYNC, brokers)));
        settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LARGEST_RECORD));
        return new NewTopic(name, partitions, (short) Math.min(REPLICAS, brokers)).configs(settings);
    }

    private static void create(Admin admin, List<NewTopic> topics) throws InterruptedException, ExecutionException {
        for (var topic : admin.createTopics(topics).values().values()) {
            try {
                topic.get();
            } catch (ExecutionException e) {
                if (!(Objects.requireNonNullElse(e.getCause(), e) instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }
}
