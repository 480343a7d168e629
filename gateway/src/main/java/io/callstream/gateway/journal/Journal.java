package io.callstream.gateway.journal;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps accepted records, in the order in which they were appended, until Kafka has acknowledged them.
 *
 * <pre>
 *   append ──► [ cursor ▸ acknowledged? … handed out … appended ◂ ] ──► records
 *                 ▲                                                        │
 *                 └──────────────────── markPublished(sequence) ◄──────────┘
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
     * Everything that has not been {@link #markPublished published}, in order, then what is appended, as it comes. It never completes
     * and emits no more than is requested. There is one reader: a new subscription starts anew at the oldest
     * unpublished record and the former hears no more. Records are emitted on the journal's own threads, so a subscriber
     * must not block.
     *
     * @param window how far it may run ahead of Kafka's acknowledgements
     */
    Flux<JournaledRecord> records(Window window);

    /** Marks one record as acknowledged by Kafka. Marking it again, or in any order, does no harm. */
    void markPublished(long sequence);

    /** Kafka was asked about the topics. Until the first answer, {@link Destination#UNKNOWN} holds. */
    void destination(Destination found);

    /** The last answer to {@link #destination(Destination)}. */
    Destination destination();

    /** What a 2xx rests on now. */
    Durability durability();

    Backlog backlog();

    /** Whether an append made now can be expected to become {@link Receipt#DURABLE}. */
    boolean accepting();

    /** Why it is not {@link #accepting}, as a sentence for operators; {@code null} while it is. */
    @Nullable
    String trouble();

    /** The thread that has had work for a minute and made no progress with it; {@code null} while there is none. */
    @Nullable
    String stuckThread();

    /** After how long a full journal can be expected to accept again, from how fast Kafka takes its records. */
    Duration retryAfter();
}
