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

/** The one place where a journal's records leave it: to one reader, in order, no more than it asks for. */
public final class Outlet {

    private final Consumer<Window> rewind;
    private final Supplier<@Nullable JournaledRecord> next;
    private final AtomicReference<@Nullable Reader> reader = new AtomicReference<>();

    /** Signals of the drain loop that are not worked off yet: whoever raises it from zero runs the loop. */
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
     * @param rewind has {@code next} begin anew at the oldest unpublished record, with this window
     * @param next takes the next record out, nothing where there is none just now; never called by two threads at once
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

    /** To be called whenever there may be a next record again. */
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
            rewind.accept(to.window);
        }
        JournaledRecord record;
        while (to == reader.get() && to.sink.requestedFromDownstream() > 0 && (record = next.get()) != null) {
            to.sink.next(record);
        }
    }
}
