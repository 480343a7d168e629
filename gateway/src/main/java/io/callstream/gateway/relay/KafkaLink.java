package io.callstream.gateway.relay;

import io.callstream.schemas.Topics;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the relay knows of Kafka's state, and the log of its changes: each is said once, with what to do about it, however
 * often it is met again.
 */
final class KafkaLink {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaLink.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A poison that not even quarantine takes: it has to wait for people, because nothing is thrown away. */
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

    /** @param servers as configured, to be named in the log */
    KafkaLink(String servers) {
        this.servers = servers;
    }

    /** Whether records go out. */
    boolean isUp() {
        return up && !stalled;
    }

    KafkaTopics.@Nullable Replication replication() {
        return replication;
    }

    /** @param restsOn what a 2xx rests on now */
    void up(KafkaTopics.Replication found, String restsOn) {
        lastFailure = null;
        if (!found.equals(replication)) {
            replication = found;
            LOG.info(
                    "Kafka at {} has {} replica(s) of the topics, at least {} of them in sync: a 2xx rests on {}.",
                    servers,
                    found.replicas(),
                    found.inSync(),
                    restsOn);
        } else if (!up) {
            LOG.info("Kafka at {} is back: what waited goes out now.", servers);
        }
        up = true;
    }

    void down(Throwable failure) {
        up = false;
        if (failure.getClass() == lastFailure) {
            return;
        }
        lastFailure = failure.getClass();
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        LOG.warn(
                "{} Callbacks wait in the journal, it is tried again every second. ({}: {})",
                advice(cause),
                cause.getClass().getSimpleName(),
                cause.getMessage());
    }

    private String advice(Throwable cause) {
        if (cause instanceof QuarantineRefusedException) {
            return "Kafka at %s refuses a record for itself, and %s refuses it too: raise that topic's max.message.bytes."
                    .formatted(servers, Topics.QUARANTINE);
        }
        if (cause instanceof AuthenticationException) {
            return "Kafka at %s refuses the gateway's credentials: mend spring.kafka.*.".formatted(servers);
        }
        if (cause instanceof AuthorizationException) {
            return "Kafka at %s forbids it: allow the gateway to describe, create and write the topics calls.*."
                    .formatted(servers);
        }
        return "Kafka at %s does not serve: see that it runs and that spring.kafka.bootstrap-servers names it."
                .formatted(servers);
    }

    /** @param oldest how long the oldest record has been waiting */
    void waiting(Duration oldest) {
        boolean nowStalled = up && oldest.compareTo(PATIENCE) > 0;
        if (nowStalled && !stalled) {
            LOG.warn(
                    "Kafka at {} has left a record unacknowledged for {} s: see that its brokers run."
                            + " Callbacks wait in the journal and go out by themselves.",
                    servers,
                    PATIENCE.toSeconds());
        } else if (stalled && !nowStalled && up) {
            LOG.info("Kafka at {} acknowledges again.", servers);
        }
        stalled = nowStalled;
    }

    void quarantined(Throwable refusal) {
        LOG.warn(
                "Kafka refused a record for itself, it is in calls.quarantine instead. ({}: {})",
                refusal.getClass().getSimpleName(),
                refusal.getMessage());
    }
}
