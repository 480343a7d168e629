package io.callstream.gateway.journal;

import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps accepted records, in the order in which they were appended, until Kafka has acknowledged them.
 *
 * <pre>
 *   append ──► [ cursor ▸ acknowledged? … handed out … appended ◂ ] ──► records
 *                 ▲                                                        │
 *                 └──────────────────── published(sequence) ◄──────────────┘
 * </pre>
 *
 * Safe for any number of appending threads. Nothing in it blocks its callers.
 */
public interface Journal {

    /** Names this journal among all that ever were; with a sequence it names a record for good. */
    String id();

    /**
     * Appends the records as one: side by side, all or none. They are appended when the result is subscribed to; a
     * cancelled subscription takes nothing back.
     *
     * @param records at least one
     */
    Mono<Receipt> append(List<JournalRecord> records);

    /**
     * Everything that has not been {@link #published}, in order, then what is appended, as it comes. It never completes
     * and emits no more than is requested. There is one reader: a new subscription starts anew at the oldest
     * unpublished record and the former hears no more.
     *
     * @param window from the oldest unpublished record on, so many are handed out and no more: the most that can go out
     *     again after a crash. 1 to 4096.
     */
    Flux<JournaledRecord> records(int window);

    /** Marks one record as acknowledged by Kafka. Marking it again, or in any order, does no harm. */
    void published(long sequence);

    /**
     * Says whether Kafka's acknowledgement is a copy that survives a broker and the loss of power; until it is said, it
     * is none.
     */
    void acknowledgementCounts(boolean counts);

    /** What a 2xx rests on as things stand, to be read by people after "a 2xx rests on". */
    String restsOn();

    Backlog backlog();

    /** Whether an append made now can be expected to become {@link Receipt#DURABLE}. */
    boolean accepting();

    /** How long a full journal takes to have room again, told from how fast Kafka takes its records. */
    Duration room();
}
