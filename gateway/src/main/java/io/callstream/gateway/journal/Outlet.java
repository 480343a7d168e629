package io.callstream.gateway.journal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** The one place where a journal's records leave it: to one reader, in order, no more than it asks for. */
final class Outlet {

    private final Runnable rewind;
    private final Supplier<@Nullable JournaledRecord> next;
    private final AtomicReference<@Nullable Reader> reader = new AtomicReference<>();

    /** Signals of the drain loop that are not worked off yet: whoever raises it from zero runs the loop. */
    private final AtomicInteger signals = new AtomicInteger();

    private static final class Reader {

        private final FluxSink<JournaledRecord> sink;
        private boolean begun;

        Reader(FluxSink<JournaledRecord> sink) {
            this.sink = sink;
        }
    }

    /**
     * @param rewind has {@code next} begin anew at the oldest unpublished record
     * @param next takes the next record out, nothing where there is none just now; never called by two threads at once
     */
    Outlet(Runnable rewind, Supplier<@Nullable JournaledRecord> next) {
        this.rewind = rewind;
        this.next = next;
    }

    /** As {@link Journal#records}. */
    Flux<JournaledRecord> records() {
        return Flux.create(
                sink -> {
                    Reader mine = new Reader(sink);
                    reader.set(mine);
                    sink.onDispose(() -> reader.compareAndSet(mine, null));
                    sink.onRequest(n -> drain());
                },
                FluxSink.OverflowStrategy.ERROR);
    }

    boolean isOpen() {
        return reader.get() != null;
    }

    /** To be called whenever there may be a next record again. */
    void drain() {
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
                    // The loop must not end with it: the next reader would hear nothing.
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
            rewind.run();
        }
        JournaledRecord record;
        while (to == reader.get() && to.sink.requestedFromDownstream() > 0 && (record = next.get()) != null) {
            to.sink.next(record);
        }
    }
}
