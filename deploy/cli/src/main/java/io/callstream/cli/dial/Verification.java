package io.callstream.cli.dial;

import io.callstream.cli.Fault;
import io.callstream.cli.KafkaOption;
import io.callstream.dialler.Ledger;
import io.callstream.dialler.TimelineLedger;
import io.callstream.dialler.Witness;
import io.callstream.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads the topics while a campaign is played, so that the comparison is ready soon after the campaign's end. */
final class Verification implements AutoCloseable {

    /** The ledger keeps about 60 bytes for each callback until the end. */
    static final long MOST_CALLBACKS = 5_000_000;

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Duration patience;
    private final Thread thread = new Thread(this::follow, "verification");
    private final Ledger ledger = new Ledger();
    private final TimelineLedger timeline = new TimelineLedger(ledger);
    private final boolean hasTimeline;
    private volatile boolean reading = true;
    private volatile @Nullable KafkaException failure;

    /**
     * Starts to read the records that are written from now on.
     *
     * @param patience the time without any new record after which a missing callback counts as lost
     */
    Verification(KafkaOption kafka, Duration patience) {
        this.hasTimeline = kafka.has(Topics.TIMELINE);
        this.consumer = kafka.follow(
                hasTimeline ? List.of(Topics.EVENTS, Topics.TIMELINE) : List.of(Topics.EVENTS),
                new ByteArrayDeserializer(),
                false);
        this.patience = patience;
        thread.setDaemon(true);
        thread.start();
    }

    /** The witness that the campaign must be played with. */
    Witness witness() {
        return ledger;
    }

    /**
     * Waits for the missing records, and compares all records with the callbacks.
     *
     * @param accepted the number of accepted callbacks, and so of the records that must come
     * @param isSure whether every callback has a definite answer; otherwise more records can come, and it waits for
     *     them
     * @throws Fault if Kafka could not be read to the end
     */
    Ledger.Verdict conclude(long accepted, boolean isSure, BooleanSupplier goingOn) {
        long seen = -1;
        long since = System.nanoTime();
        long distinct = hasTimeline ? ledger.distinct() : 0;
        while ((ledger.received() < accepted || timeline.received() < distinct || !isSure)
                && failure == null
                && goingOn.getAsBoolean()
                && System.nanoTime() - since < patience.toNanos()) {
            if (ledger.received() + timeline.received() != seen) {
                seen = ledger.received() + timeline.received();
                since = System.nanoTime();
            }
            pause();
        }
        // A record that should not exist comes after the expected ones.
        pause();
        close();
        if (failure != null) {
            throw new Fault(
                    "Kafka could not be read to the end, so the result is not verified: " + failure.getMessage(),
                    failure);
        }
        return ledger.verdict();
    }

    /**
     * Compares the timeline with the callbacks. Call it after {@link #conclude}.
     *
     * @return {@code null} if no timeline runs with this Kafka
     */
    TimelineLedger.@Nullable Verdict timeline() {
        return hasTimeline ? timeline.verdict() : null;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        reading = false;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        try (consumer) {
            while (reading) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.topic().equals(Topics.TIMELINE)) {
                        timeline.take(record);
                    } else {
                        ledger.take(record);
                    }
                }
            }
        } catch (WakeupException e) {
            // By close().
        } catch (KafkaException e) {
            failure = e;
        }
    }
}
