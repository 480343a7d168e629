package io.callstream.gateway.journal.queue;

import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.Window;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Emits a journal's records to one reader, in order, and no more than it requests. Thread-safe: one thread at a time
 * runs the drain loop.
 */
public final class Outlet {

    private final Consumer<Window> rewind;
    private final Supplier<@Nullable JournaledRecord> next;
    private final AtomicReference<@Nullable Reader> reader = new AtomicReference<>();

    /** The calls of {@link #drain()} that are not handled yet. The call that raises the number from 0 runs the loop. */
    private final AtomicInteger signals = new AtomicInteger();

    private static final class Reader {

        private final FluxSink<JournaledRecord> sink;
        private final Window window;
        private boolean begun;

        Reader(FluxSink<JournaledRecord> sink, Window window) {
            this.sink = sink;
            this.window = window;
        }
    }

    /**
     * @param rewind makes {@code next} start again at the oldest unpublished record, with this window
     * @param next takes the next record; {@code null} if there is none now. Never called by two threads at the same
     *     time.
     */
    public Outlet(Consumer<Window> rewind, Supplier<@Nullable JournaledRecord> next) {
        this.rewind = rewind;
        this.next = next;
    }

    /** As {@link Journal#records}. */
    public Flux<JournaledRecord> records(Window window) {
        return Flux.create(
                sink -> {
                    Reader mine = new Reader(sink, window);
                    reader.set(mine);
                    sink.onDispose(() -> reader.compareAndSet(mine, null));
                    sink.onRequest(n -> drain());
                },
                FluxSink.OverflowStrategy.ERROR);
    }

    public boolean isOpen() {
        return reader.get() != null;
    }

    /** Emits the records that are available. Call it when a next record may have become available. */
    public void drain() {
        if (signals.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            Reader to = reader.get();
            if (to != null) {
                try {
                    drain(to);
                } catch (RuntimeException | Error fault) {
                    // The loop must continue after a fault. Otherwise the next reader would receive nothing.
                    reader.compareAndSet(to, null);
                    to.sink.error(fault);
                }
            }
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    private void drain(Reader to) {
        if (!to.begun) {
            to.begun = true;
            rewind.accept(to.window);
        }
        JournaledRecord record;
        while (to == reader.get() && to.sink.requestedFromDownstream() > 0 && (record = next.get()) != null) {
            to.sink.next(record);
        }
    }
}
