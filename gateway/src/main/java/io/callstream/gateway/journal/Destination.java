package io.callstream.gateway.journal;

import java.util.Map;

/**
 * What is known of the Kafka topics that the records go to.
 *
 * @param acknowledgementIsDurable whether a record that Kafka has acknowledged survives the loss of any one broker
 * @param largestRecords by topic, the most bytes that Kafka takes as one record
 */
public record Destination(boolean acknowledgementIsDurable, Map<String, Integer> largestRecords) {

    /** What holds until Kafka has been asked: its acknowledgement is no copy, its limit is the default of its brokers. */
    public static final Destination UNKNOWN = new Destination(false, Map.of());

    private static final int BROKERS_DEFAULT = 1_048_588;

    /** What Kafka adds to a record, at most: its batch's head, its own head, the header that says its origin. */
    private static final int FRAME = 512;

    private static final int HEADER_FRAME = 10;

    /** The most bytes that Kafka takes as one record of this topic. */
    public int largestRecord(String topic) {
        return largestRecords.getOrDefault(topic, BROKERS_DEFAULT);
    }

    /** Whether Kafka takes a record of this size. */
    public boolean takes(JournalRecord record) {
        long size =
                FRAME + record.bytes() + (long) HEADER_FRAME * record.headers().size();
        return size <= largestRecord(record.topic());
    }
}
