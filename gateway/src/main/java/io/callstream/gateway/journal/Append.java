package io.callstream.gateway.journal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/** What one caller of {@link Journal#append} waits for. Told once; safe for any thread. */
final class Append {

    /** Empty once told: behind it stands the whole request, which must not wait in the journal with its records. */
    private final AtomicReference<@Nullable MonoSink<Receipt>> waiting;

    private final AtomicInteger unpublished;

    Append(MonoSink<Receipt> waiting, int records) {
        this.waiting = new AtomicReference<>(waiting);
        this.unpublished = new AtomicInteger(records);
    }

    void tell(Receipt receipt) {
        MonoSink<Receipt> told = waiting.getAndSet(null);
        if (told != null) {
            told.success(receipt);
        }
    }

    /** Whether nobody waits any more. */
    boolean isTold() {
        return waiting.get() == null;
    }

    /** Whoever waited has gone. */
    void forget() {
        waiting.set(null);
    }

    /** Another of its records is with Kafka, for good; with the last of them the append is durable. */
    void published() {
        if (unpublished.decrementAndGet() == 0) {
            tell(Receipt.DURABLE);
        }
    }
}
