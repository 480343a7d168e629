package io.callstream.console.calls;

import io.callstream.console.kafka.TopicReader;
import io.callstream.schemas.CallState;
import io.callstream.schemas.OrphanEvent;
import io.callstream.schemas.TimelineEvent;
import io.callstream.schemas.TimelineReading;
import io.callstream.schemas.Topics;
import io.callstream.schemas.kafka.CallStateDeserializer;
import io.callstream.schemas.kafka.TimelineDeserializer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one call from {@code calls.timeline}. It begins shortly before the call's first known event and
 * ends at its last one, so it reads seconds of one partition, not the topic. Blocks. Safe for any number of threads.
 */
public final class CallRecords {

    /** The clocks of the gateway and of Kafka can differ. */
    private static final Duration SLACK = Duration.ofSeconds(30);

    /** An event whose time is not part of the state, for example one of another tenant. */
    private static final Duration FAR = Duration.ofHours(1);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A call has four to eight events of a kilobyte each. A sender can post more. */
    private static final long MOST_BYTES = 1 << 20;

    private final TopicReader reader;
    private final TimelineDeserializer deserializer = new TimelineDeserializer();
    private final CallStateDeserializer states = new CallStateDeserializer();

    public CallRecords(TopicReader reader) {
        this.reader = reader;
    }

    /** A record, and what it says. */
    public record Found(ConsumerRecord<byte[], byte[]> record, TimelineReading reading) {

        long sequence() {
            return reading instanceof TimelineEvent event
                    ? event.timeline().sequence()
                    : reading instanceof OrphanEvent orphan ? orphan.timeline().sequence() : 0;
        }
    }

    /**
     * The records of a call.
     *
     * @param state the call as the index knows it; {@code null} if it could not be read, for example because a later
     *     state has replaced it
     * @param begins whether the first record is there
     * @param isWhole whether the first and the last record are there
     */
    public record History(@Nullable CallState state, List<Found> records, boolean begins, boolean isWhole) {}

    /**
     * Reads a call's records in their order.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer, or refuses
     */
    public History of(CallRow call) {
        CallState state = state(call);
        History history = new History(state, List.of(), false, false);
        for (Instant from : List.of(
                call.firstReceivedAt().minus(SLACK), call.firstReceivedAt().minus(FAR), Instant.EPOCH)) {
            history = read(call, state, from);
            if (history.begins()) {
                break;
            }
        }
        return history;
    }

    private @Nullable CallState state(CallRow call) {
        ConsumerRecord<byte[], byte[]> record =
                reader.at(new TopicPartition(Topics.STATE, call.partition()), call.offset(), PATIENCE);
        try {
            return record == null ? null : states.deserialize(record.topic(), record.value());
        } catch (SerializationException e) {
            // Of a newer release: the records tell the call, too.
            return null;
        }
    }

    private History read(CallRow call, @Nullable CallState state, Instant from) {
        byte[] key = call.id().getBytes(StandardCharsets.UTF_8);
        List<Found> found = new ArrayList<>();
        long[] bytes = new long[1];
        reader.read(new TopicPartition(Topics.TIMELINE, call.partition()), from, PATIENCE, record -> {
            if (!Arrays.equals(record.key(), key) || record.value() == null) {
                return true;
            }
            TimelineReading reading = deserializer.deserialize(record.topic(), record.headers(), record.value());
            if (reading == null) {
                return true;
            }
            Found one = new Found(record, reading);
            found.add(one);
            bytes[0] += record.value().length;
            return one.sequence() < call.sequence() && bytes[0] < MOST_BYTES;
        });
        boolean begins = found.stream().anyMatch(one -> one.sequence() == 1);
        boolean ends = found.stream().anyMatch(one -> one.sequence() == call.sequence());
        return new History(state, found, begins, begins && ends);
    }
}
