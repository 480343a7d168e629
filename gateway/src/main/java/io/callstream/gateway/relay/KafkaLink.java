package io.callstream.gateway.relay;

import io.callstream.gateway.journal.Durability;
import io.callstream.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of the connection to Kafka, and the log of its changes: each change is logged once, with what it means and
 * what to do, however often it is met again.
 */
final class KafkaLink {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaLink.class);

    /** A record that is not acknowledged for longer means that something is wrong. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final long QUARANTINE_LINES_APART = Duration.ofMinutes(1).toNanos();

    /** A rejected record that the quarantine topic rejects too: it waits for an operator, because nothing is thrown away. */
    static final class QuarantineRefusedException extends RuntimeException {

        QuarantineRefusedException(Throwable refusal) {
            super(refusal.getMessage(), refusal);
        }
    }

    private final String servers;
    private volatile boolean up;
    private volatile boolean stalled;
    private volatile @Nullable Class<?> lastFailure;
    private volatile KafkaTopics.@Nullable Replication replication;
    private volatile @Nullable String trouble;

    private long quarantined;
    private long quarantineLoggedAt = System.nanoTime() - QUARANTINE_LINES_APART;
    private String quarantinedLast = "";

    /** @param servers as configured, to be named in the log */
    KafkaLink(String servers) {
        this.servers = servers;
    }

    /** Whether records go out. */
    boolean isUp() {
        return up && !stalled;
    }

    /** Whether it is connected, but leaves records unacknowledged. */
    boolean isStalled() {
        return up && stalled;
    }

    KafkaTopics.@Nullable Replication replication() {
        return replication;
    }

    /** Why records do not go out, as a sentence for operators; {@code null} while they do. */
    @Nullable
    String trouble() {
        return isUp() ? null : trouble;
    }

    /**
     * The topics are there.
     *
     * @param durability what a 2xx rests on now
     */
    void found(KafkaTopics.Found found, Durability durability) {
        if (found.replication().equals(replication)) {
            return;
        }
        replication = found.replication();
        LOG.info(
                "The topics at Kafka {} have {} replica(s), min.insync.replicas {}: a 2xx rests on {}.",
                servers,
                found.replication().replicas(),
                found.replication().inSync(),
                inWords(durability));
    }

    private static String inWords(Durability durability) {
        return switch (durability) {
            case KAFKA -> "Kafka's acknowledgement";
            case DISK -> "an fsync on this disk";
            case KAFKA_OR_DISK ->
                "Kafka's acknowledgement, or an fsync on this disk where Kafka takes longer than"
                        + " callstream.journal.sync-after";
        };
    }

    void up() {
        if (!up && lastFailure != null) {
            LOG.info("Kafka at {} is back: the backlog is published now.", servers);
        }
        lastFailure = null;
        up = true;
    }

    void down(Throwable failure) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        up = false;
        trouble = advice(failure);
        if (failure instanceof Error) {
            LOG.error("The relay failed because of an error", failure);
        }
        if (failure.getClass() == lastFailure) {
            return;
        }
        lastFailure = failure.getClass();
        LOG.warn(
                "{} Callbacks are stored in the journal; the gateway tries again every second. ({}: {})",
                trouble,
                cause.getClass().getSimpleName(),
                cause.getMessage());
    }

    /** What is wrong and what to do, for a failure of a Kafka client. */
    String advice(Throwable failure) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof KafkaTopics.MissingTopicException missing) {
            return missing.getMessage() + " Create it, or allow the gateway to create topics.";
        }
        if (cause instanceof QuarantineRefusedException) {
            return "Kafka at %s rejects a record, and topic %s rejects it too. Raise that topic's max.message.bytes."
                    .formatted(servers, Topics.QUARANTINE);
        }
        if (cause instanceof AuthenticationException) {
            return "Kafka at %s rejects the gateway's credentials. Correct spring.kafka.*.".formatted(servers);
        }
        if (cause instanceof AuthorizationException) {
            return "Kafka at %s denies access. Allow the gateway to describe, create and write the topics calls.*."
                    .formatted(servers);
        }
        return "Kafka at %s cannot be reached. Check that it runs and that spring.kafka.bootstrap-servers names it."
                .formatted(servers);
    }

    /**
     * Records are left unacknowledged although Kafka can be reached.
     *
     * @param troubles what the topics' descriptions say of it
     */
    void stalled(List<String> troubles) {
        trouble = "Kafka at %s has not acknowledged a record for %d s. %s"
                .formatted(
                        servers,
                        PATIENCE.toSeconds(),
                        troubles.isEmpty() ? "Check the load and the disks of its brokers." : troubles.get(0));
        if (up && !stalled) {
            LOG.warn("{} Callbacks are stored in the journal and published when it acknowledges again.", trouble);
        }
        stalled = true;
    }

    void acknowledges() {
        if (stalled && up) {
            LOG.info("Kafka at {} acknowledges again.", servers);
        }
        stalled = false;
    }

    /** The relay is started anew because it no longer moves although Kafka is well. */
    void restarted(Duration after) {
        LOG.error(
                "The relay has published nothing for {} s although Kafka at {} is available. The gateway restarts the relay.",
                after.toSeconds(),
                servers);
    }

    /** A record went to quarantine instead of its topic. Logged once a minute, with the number of records. */
    synchronized void quarantined(String why) {
        quarantined++;
        quarantinedLast = why;
        logQuarantined();
    }

    /** Logs what is counted and not logged yet, once its minute is over. */
    synchronized void logQuarantined() {
        long now = System.nanoTime();
        if (quarantined > 0 && now - quarantineLoggedAt >= QUARANTINE_LINES_APART) {
            LOG.warn(
                    "Kafka rejects {} record(s). They are in {}, reason refused-by-kafka. The last one: {}",
                    quarantined,
                    Topics.QUARANTINE,
                    quarantinedLast);
            quarantined = 0;
            quarantineLoggedAt = now;
        }
    }
}
