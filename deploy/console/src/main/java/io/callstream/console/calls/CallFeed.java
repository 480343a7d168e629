package io.callstream.console.calls;

import io.callstream.console.kafka.TopicReader;
import io.callstream.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link CallIndex} filled from {@code calls.state} while somebody looks, on a thread of its own. Nobody has
 * looked for ten minutes: the thread ends and the index is emptied, so a console that nobody uses costs nothing.
 */
public final class CallFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CallFeed.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long UNUSED = Duration.ofMinutes(10).toNanos();
    private static final long RETRY_MILLIS = 2000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Without records for so long, Kafka is asked whether it is there. */
    private static final long SILENCE = Duration.ofSeconds(5).toNanos();

    private static final Status BEGINNING = new Status(0, "The console begins to read.");

    /**
     * Records to read at the start for each call that the index holds: a call has about four states, each commit takes
     * one offset, and compaction leaves gaps.
     */
    private static final int RECORDS_PER_CALL = 8;

    private final TopicReader reader;
    private final CallIndex index;
    private final int limit;

    private volatile long wantedAt = System.nanoTime();
    private volatile Status status = BEGINNING;
    private @Nullable Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * How far the feed is.
     *
     * @param left records that it still has to read until it is up to date
     * @param trouble why it does not read, as a sentence; empty if it does
     */
    public record Status(long left, String trouble) {

        boolean isStuck() {
            return !trouble.isEmpty() && !equals(BEGINNING);
        }

        public boolean isUpToDate() {
            return left == 0 && trouble.isEmpty();
        }
    }

    /** @param limit the most calls in the index */
    public CallFeed(TopicReader reader, CallIndex index, int limit) {
        this.reader = reader;
        this.index = index;
        this.limit = limit;
    }

    /** Somebody looks at the calls. */
    public synchronized void wanted() {
        wantedAt = System.nanoTime();
        if (thread == null && closing.getCount() > 0) {
            Thread created = new Thread(this::run, "console-calls");
            created.setDaemon(true);
            thread = created;
            created.start();
        }
    }

    public Status status() {
        return status;
    }

    private synchronized void become(Status now) {
        status = now;
        notifyAll();
    }

    /**
     * Waits until the feed is up to date or cannot read. A search before would find nothing.
     *
     * @return how far it is then, or after the time
     */
    public synchronized Status await(Duration most) throws InterruptedException {
        wanted();
        long end = System.nanoTime() + most.toNanos();
        while (!status.isUpToDate() && !status.isStuck()) {
            long left = (end - System.nanoTime()) / NANOS_PER_MILLI;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return status;
    }

    private void run() {
        String logged = "";
        while (isWanted()) {
            try {
                follow();
            } catch (RuntimeException e) {
                // Kafka's client throws many kinds, and the thread must go on.
                become(new Status(
                        0,
                        "Kafka does not answer, or refuses to let the console read. (%s)".formatted(e.getMessage())));
                if (!status.trouble().equals(logged)) {
                    logged = status.trouble();
                    LOG.warn("The console shows no new calls. {}", logged);
                }
                pause();
            }
        }
    }

    /** Only for the feed's own thread: it ends after {@code false}, and the next page starts another one. */
    private synchronized boolean isWanted() {
        if (thread != Thread.currentThread()) {
            return false;
        }
        boolean isUnused = System.nanoTime() - wantedAt > UNUSED;
        if (closing.getCount() == 0 || isUnused) {
            thread = null;
            index.clear();
            status = BEGINNING;
            return false;
        }
        return true;
    }

    private void pause() {
        try {
            closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            close();
        }
    }

    private void follow() {
        try (KafkaConsumer<byte[], byte[]> consumer = reader.open()) {
            List<TopicPartition> partitions = TopicReader.partitions(consumer, Topics.STATE);
            if (partitions.isEmpty()) {
                become(new Status(0, "Kafka has no topic %s: no timeline runs with it.".formatted(Topics.STATE)));
                pause();
                return;
            }
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = begin(consumer, partitions);
            long answeredAt = System.nanoTime();
            while (isWanted()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                records.partitions().forEach(partition -> take(records.records(partition)));
                if (!records.isEmpty()) {
                    answeredAt = System.nanoTime();
                } else if (System.nanoTime() - answeredAt > SILENCE) {
                    // Without Kafka, polls are only empty. This one fails.
                    consumer.endOffsets(partitions);
                    answeredAt = System.nanoTime();
                }
                ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
                long left = ends.entrySet().stream()
                        .mapToLong(end -> end.getValue() - consumer.position(end.getKey()))
                        .sum();
                become(new Status(left, ""));
            }
        }
    }

    /** Goes to where the latest calls begin. Returns where the records that are there now end. */
    private Map<TopicPartition, Long> begin(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
        long most = (long) limit * RECORDS_PER_CALL / partitions.size() + 1;
        ends.forEach(
                (partition, end) -> consumer.seek(partition, Math.max(end - most, begins.getOrDefault(partition, 0L))));
        return ends;
    }

    /** Takes the last state of each call: a call often has several in a second, and reading one costs the most. */
    private void take(List<ConsumerRecord<byte[], byte[]>> records) {
        Set<String> taken = new HashSet<>();
        for (int i = records.size() - 1; i >= 0; i--) {
            ConsumerRecord<byte[], byte[]> record = records.get(i);
            if (record.key() != null) {
                String id = new String(record.key(), StandardCharsets.UTF_8);
                if (taken.add(id)) {
                    take(id, record);
                }
            }
        }
    }

    private void take(String id, ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() == null) {
                index.remove(id);
            } else {
                index.put(StateReader.read(record.value(), record.partition(), record.offset()));
            }
        } catch (SerializationException e) {
            // Of a newer release, or of a stranger: the list lacks this state, and the next one may be readable.
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
