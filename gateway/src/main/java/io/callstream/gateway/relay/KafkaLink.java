package io.callstream.gateway.relay;

import io.callstream.gateway.journal.Durability;
import io.callstream.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the state of the connection to Kafka and logs its changes. Each change is logged once, with what it means and
 * what to do, even if the same failure occurs again.
 */
final class KafkaLink {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaLink.class);

    /** If Kafka leaves a record unacknowledged for longer, something is wrong. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** After a start, the longest time without an answer from Kafka until it counts as unavailable. */
    private static final long FIRST_ANSWER = Duration.ofSeconds(10).toNanos();

    private static final long QUARANTINE_LINES_APART = Duration.ofMinutes(1).toNanos();

    /**
     * The quarantine topic rejects a record that Kafka has already rejected for its own topic. The record stays in the
     * journal until an operator acts, because the gateway discards nothing.
     */
    static final class QuarantineRefusedException extends RuntimeException {

        QuarantineRefusedException(Throwable refusal) {
            super(refusal.getMessage(), refusal);
        }
    }

    private final String servers;
    private final long startedAt = System.nanoTime();
    private volatile boolean up;
    private volatile boolean stalled;
    private volatile @Nullable String lastAdvice;
    private volatile KafkaTopics.@Nullable Replication replication;
    private volatile @Nullable String trouble;

    private long quarantined;
    private long quarantineLoggedAt = System.nanoTime() - QUARANTINE_LINES_APART;
    private String quarantinedLast = "";

    /** @param servers the configured brokers, for the log */
    KafkaLink(String servers) {
        this.servers = servers;
    }

    /** Whether Kafka is connected and acknowledges records. */
    boolean isUp() {
        return up && !stalled;
    }

    /** Whether Kafka is connected but leaves records unacknowledged. */
    boolean isStalled() {
        return up && stalled;
    }

    /** Whether it is known, since the start, that Kafka is available or that it is not. */
    boolean isKnown() {
        return replication != null || trouble != null || System.nanoTime() - startedAt > FIRST_ANSWER;
    }

    KafkaTopics.@Nullable Replication replication() {
        return replication;
    }

    /** Why records are not published, as a sentence for operators; {@code null} while they are. */
    @Nullable
    String trouble() {
        return isUp() ? null : trouble;
    }

    /**
     * The topics exist and were described. Logs their replication if it has changed.
     *
     * @param durability what a 2xx guarantees now
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
        if (!up && lastAdvice != null) {
            LOG.info("Kafka at {} is back: the backlog is published now.", servers);
        }
        lastAdvice = null;
        up = true;
    }

    /** Records cannot be published. Logs the advice if it is another than that of the last failure. */
    void down(Throwable failure) {
        Throwable cause = cause(failure);
        String advice = advice(failure);
        up = false;
        trouble = advice;
        if (failure instanceof Error) {
            LOG.error("The relay failed because of an error", failure);
        }
        if (advice.equals(lastAdvice)) {
            return;
        }
        lastAdvice = advice;
        LOG.warn(
                "{} Until then records wait in the journal; the gateway tries again every second. ({}: {})",
                advice,
                cause.getClass().getSimpleName(),
                cause.getMessage());
    }

    /** Returns what is wrong and what to do about a failure of a Kafka client. */
    String advice(Throwable failure) {
        Throwable cause = cause(failure);
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
        boolean isAnswer = cause instanceof ApiException
                && !(cause instanceof TimeoutException
                        || cause instanceof DisconnectException
                        || cause instanceof NetworkException);
        return isAnswer
                ? "Kafka at %s answers with an error. Check its brokers and the topics calls.*.".formatted(servers)
                : "Kafka at %s cannot be reached. Check that it runs and that spring.kafka.bootstrap-servers names it."
                        .formatted(servers);
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof ExecutionException && cause != null ? cause : failure;
    }

    /**
     * Kafka can be reached, but leaves records unacknowledged.
     *
     * @param troubles possible reasons, from the topics' descriptions
     */
    void stalled(List<String> troubles) {
        trouble = "Kafka at %s has not acknowledged a record for %d s. %s"
                .formatted(
                        servers,
                        PATIENCE.toSeconds(),
                        troubles.isEmpty() ? "Check the load and the disks of its brokers." : troubles.get(0));
        if (up && !stalled) {
            LOG.warn("{} Until then records wait in the journal.", trouble);
        }
        stalled = true;
    }

    void acknowledges() {
        if (stalled && up) {
            LOG.info("Kafka at {} acknowledges again.", servers);
        }
        stalled = false;
    }

    /** The relay is restarted because it makes no progress although Kafka is well. */
    void restarted(Duration after) {
        LOG.error(
                "The relay has published nothing for {} s although Kafka at {} is available. The gateway restarts the relay.",
                after.toSeconds(),
                servers);
    }

    /**
     * A record was sent to quarantine instead of its topic. The log has at most one line a minute, with the number of
     * such records.
     */
    synchronized void quarantined(String why) {
        quarantined++;
        quarantinedLast = why;
        logQuarantined();
    }

    /** Logs the records that are counted and not yet logged, at most once a minute. */
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
