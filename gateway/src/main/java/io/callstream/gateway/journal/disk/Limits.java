package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.files.RecordBatch;
import java.time.Duration;

/**
 * What a disk journal may take, of the disk, of memory and of time.
 *
 * @param bytes the most that all segments may have
 * @param segmentBytes a segment that has so many is left
 * @param memory bytes, the most that {@link HeldRecords} may have; what the loader has fetched comes on top
 * @param freeFloor bytes of the disk that are left to others
 * @param kafkaWithin how long the oldest record waits for Kafka, where its acknowledgement counts
 * @param answerWithin how long an append waits for a disk that does not answer
 */
record Limits(long bytes, long segmentBytes, int memory, long freeFloor, Duration kafkaWithin, Duration answerWithin) {

    Limits {
        if (HeldRecords.GROUP + memory > RecordBatch.LARGEST) {
            throw new IllegalArgumentException("A group of records could be larger than a batch can be");
        }
    }
}
