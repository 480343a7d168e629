package io.callstream.gateway.journal.queue;

import io.callstream.gateway.journal.Receipt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/** Emits the receipt of one {@link io.callstream.gateway.journal.Journal#append}. Thread-safe. */
public final class Append {

    /** For records that no append waits for: an earlier run left them, or their append already has its receipt. */
    public static final Append NOBODY = new Append(null, 0);

    /**
     * Empty after the receipt. It refers to the whole HTTP request, which must not stay in memory as long as the
     * records.
     */
    private final AtomicReference<@Nullable MonoSink<Receipt>> waiting;

    private final AtomicInteger unpublished;

    public Append(@Nullable MonoSink<Receipt> waiting, int records) {
        this.waiting = new AtomicReference<>(waiting);
        this.unpublished = new AtomicInteger(records);
    }

    /** Emits the receipt, once. Do not call it under the journal's lock: it runs the subscriber's code. */
    public void complete(Receipt receipt) {
        MonoSink<Receipt> sink = waiting.getAndSet(null);
        if (sink != null) {
            sink.success(receipt);
        }
    }

    /** The subscriber has cancelled, or has received the receipt. */
    public void forget() {
        waiting.set(null);
    }

    /**
     * Counts one more record as acknowledged by Kafka. Returns {@code true} for the last one: the append is then
     * durable.
     */
    public boolean markPublished() {
        return unpublished.decrementAndGet() == 0;
    }

    /** Whether nobody waits for the receipt, or all records are counted as acknowledged. */
    public boolean isSettled() {
        return unpublished.get() <= 0 || waiting.get() == null;
    }
}
