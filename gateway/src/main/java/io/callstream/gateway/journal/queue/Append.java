package io.callstream.gateway.journal.queue;

import io.callstream.gateway.journal.Receipt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/** What one caller of {@link io.callstream.gateway.journal.Journal#append} waits for. Told once; safe for any thread. */
public final class Append {

    /** Nobody waits: for a record that an earlier run has left, or that everybody has been told of. */
    public static final Append NOBODY = new Append(null, 0);

    /** Empty once told: it holds the whole request, which must not wait in the journal with its records. */
    private final AtomicReference<@Nullable MonoSink<Receipt>> waiting;

    private final AtomicInteger unpublished;

    public Append(@Nullable MonoSink<Receipt> waiting, int records) {
        this.waiting = new AtomicReference<>(waiting);
        this.unpublished = new AtomicInteger(records);
    }

    /** Not to be called under a journal's monitor: it runs what waits for the receipt. */
    public void tell(Receipt receipt) {
        MonoSink<Receipt> told = waiting.getAndSet(null);
        if (told != null) {
            told.success(receipt);
        }
    }

    /** Whoever waited has gone. */
    public void forget() {
        waiting.set(null);
    }

    /** Another of its records is with Kafka, for good; {@code true} with the last, and then it is to be told that. */
    public boolean markPublished() {
        return unpublished.decrementAndGet() == 0;
    }

    /** Whether nobody waits any more, or there is nothing left to wait for. */
    public boolean isSettled() {
        return unpublished.get() <= 0 || waiting.get() == null;
    }
}
