package io.callstream.gateway.journal;

import java.util.Map;

/**
 * What the gateway knows about the Kafka topics that it publishes to.
 *
 * @param acknowledgementIsDurable whether an acknowledged record survives the loss of any one broker
 * @param largestRecords the size of the largest record that Kafka accepts, in bytes, by topic
 */
public record Destination(boolean acknowledgementIsDurable, Map<String, Integer> largestRecords) {

    /** Applies until Kafka has answered: its acknowledgement is not durable, and its limit is the brokers' default. */
    public static final Destination UNKNOWN = new Destination(false, Map.of());

    private static final int BROKERS_DEFAULT = 1_048_588;

    /** Bytes. The most that is added to a record: the batch's head, the record's head and the header for its origin. */
    private static final int FRAME = 512;

    private static final int HEADER_FRAME = 10;

    /** The size of the largest record that Kafka accepts for this topic, in bytes. */
    public int largestRecord(String topic) {
        return largestRecords.getOrDefault(topic, BROKERS_DEFAULT);
    }

    /** Whether Kafka accepts a record of this size. */
    public boolean takes(JournalRecord record) {
        long size =
                FRAME + record.bytes() + (long) HEADER_FRAME * record.headers().size();
        return size <= largestRecord(record.topic());
    }
}
