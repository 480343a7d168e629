package io.callstream.gateway.journal;

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
 * Safe for any number of appending threads. Nothing in it blocks.
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
     */
    Flux<JournaledRecord> records();

    /** Marks one record as acknowledged by Kafka. Marking it again, or in any order, does no harm. */
    void published(long sequence);

    Backlog backlog();

    /** Whether an append made now can be expected to become {@link Receipt#DURABLE}. */
    boolean accepting();
}
