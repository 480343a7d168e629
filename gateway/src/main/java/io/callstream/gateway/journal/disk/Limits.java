package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.files.RecordBatch;
import java.time.Duration;

/**
 * The limits of a disk journal: disk space, memory and time.
 *
 * @param bytes the most bytes that all segments may have
 * @param segmentBytes the size at which the writer starts a new segment
 * @param memory the most bytes that {@link HeldRecords} may have; the records that the loader has fetched are not
 *     included
 * @param freeFloor the bytes of the disk that must stay free
 * @param kafkaWithin how long the oldest record waits for Kafka's acknowledgement, if that is durable, before an fsync
 * @param answerWithin how long an append waits for its receipt
 */
record Limits(long bytes, long segmentBytes, int memory, long freeFloor, Duration kafkaWithin, Duration answerWithin) {

    /** Bytes, at most a quarter of the limit. */
    private static final int HEADROOM = 4 << 20;

    Limits {
        if (HeldRecords.GROUP + memory > RecordBatch.LARGEST) {
            throw new IllegalArgumentException("A group of records could be larger than a batch can be");
        }
    }

    /** Whether so little of the limit is free that the gateway should get no more callbacks. */
    boolean isNearlyFull(long used) {
        return used + Math.min(HEADROOM, bytes / 4) > bytes;
    }
}
