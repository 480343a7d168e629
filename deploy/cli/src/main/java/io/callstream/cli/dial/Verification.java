package io.callstream.cli.dial;

import io.callstream.cli.Fault;
import io.callstream.cli.KafkaOption;
import io.callstream.dialler.Ledger;
import io.callstream.dialler.Witness;
import io.callstream.schemas.Topics;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Subscribes beside a campaign, so that its ledger is complete soon after the campaign's end. */
final class Verification implements AutoCloseable {

    /** What has to be remembered of a callback, some 60 bytes, is kept until the end. */
    static final long MOST_CALLBACKS = 5_000_000;

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Duration patience;
    private final Thread thread = new Thread(this::follow, "verification");
    private final Ledger ledger = new Ledger();
    private volatile boolean reading = true;
    private volatile @Nullable KafkaException failure;

    /**
     * Begins to read what is written from now on.
     *
     * @param patience how long nothing may come before what is still missing is called lost
     */
    Verification(KafkaOption kafka, Duration patience) {
        this.consumer = kafka.follow(Topics.EVENTS, new ByteArrayDeserializer(), false);
        this.patience = patience;
        thread.setDaemon(true);
        thread.start();
    }

    /** What the campaign is to be recorded in. */
    Witness witness() {
        return ledger;
    }

    /**
     * Waits for what is under way.
     *
     * @param accepted so many have to come
     * @param isSure no other may come: there is none of which nobody knows
     */
    Ledger.Verdict conclude(long accepted, boolean isSure, BooleanSupplier goingOn) {
        long seen = -1;
        long since = System.nanoTime();
        while ((ledger.received() < accepted || !isSure)
                && failure == null
                && goingOn.getAsBoolean()
                && System.nanoTime() - since < patience.toNanos()) {
            if (ledger.received() != seen) {
                seen = ledger.received();
                since = System.nanoTime();
            }
            pause();
        }
        // What should not be there at all comes behind.
        pause();
        close();
        if (failure != null) {
            throw new Fault(
                    "Kafka could not be read to the end, so nothing is verified: " + failure.getMessage(), failure);
        }
        return ledger.verdict();
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
                    ledger.take(record);
                }
            }
        } catch (WakeupException e) {
            // It is over.
        } catch (KafkaException e) {
            failure = e;
        }
    }
}
