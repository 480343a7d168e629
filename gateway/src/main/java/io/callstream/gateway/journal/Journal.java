package io.callstream.gateway.journal;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stores records in the order in which they are appended, until Kafka has acknowledged them.
 *
 * <pre>
 *   append ──► [ cursor ▸ handed out … not yet handed out … end ◂ ] ──► records
 *                 ▲                                                        │
 *                 └──────────────────── markPublished(sequence) ◄──────────┘
 * </pre>
 *
 * Safe for any number of appending threads. No method waits for the disk or for Kafka.
 */
public interface Journal {

    /** Identifies this journal: no other journal ever has this id. With a sequence, it identifies a record. */
    String id();

    /**
     * Appends the records together: all of them or none, with consecutive sequences. They are appended when the result
     * is subscribed to. Cancelling the subscription does not remove them.
     *
     * @param records at least one
     * @return one receipt. It is emitted by the subscribing thread, a thread of the journal, the thread that calls
     *     {@link #markPublished}, or the thread that closes the journal.
     */
    Mono<Receipt> append(List<JournalRecord> records);

    /**
     * Emits the {@link #markPublished unpublished} records in order, then each new record. Never completes, and emits
     * no more than is requested. There is one reader: a new subscription starts at the oldest unpublished record, and
     * the earlier one receives nothing more.
     *
     * <p>The thread that makes a record available emits it: an appending thread, a thread of the journal, the thread
     * that calls {@link #markPublished}, or the thread that requests. So a subscriber must not block.
     *
     * @param window how far the reader may run ahead of Kafka's acknowledgements
     */
    Flux<JournaledRecord> records(Window window);

    /** Marks one record as acknowledged by Kafka. Any order is allowed, and marking a record twice has no effect. */
    void markPublished(long sequence);

    /** Sets what Kafka has answered about the topics. Until the first call, {@link Destination#UNKNOWN} applies. */
    void destination(Destination found);

    /** The last value that was set with {@link #destination(Destination)}. */
    Destination destination();

    /** Which copy a 2xx confirms now. */
    Durability durability();

    Backlog backlog();

    /** Whether an append that is made now can be expected to become {@link Receipt#isDurable durable}. */
    default boolean accepting() {
        return trouble() == null;
    }

    /** Why the journal is not {@link #accepting}, as a sentence for operators; {@code null} while it is. */
    @Nullable
    String trouble();

    /** The name of a thread that has had work for a minute without progress; {@code null} if there is none. */
    @Nullable
    String stuckThread();

    /** The estimated time until a full journal accepts again, from the rate at which Kafka acknowledges records. */
    Duration retryAfter();
}
