package io.callstream.console.pages;

import io.callstream.console.calls.CallFeed;
import io.callstream.console.calls.CallIndex;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Streams of the latest calls, one for each open page: the table anew when it has changed, once a second at most. A
 * page that reads slowly gets the newest table next; one that is left ends its stream. Thread-safe.
 */
final class LiveCalls {

    private static final Duration TICK = Duration.ofSeconds(1);

    /** Without one, a page would not learn that the connection is gone. */
    private static final int TICKS_UNTIL_SIGN_OF_LIFE = 10;

    private static final int SHOWN = 50;

    private final CallIndex index;
    private final CallFeed feed;
    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    private final Sinks.Empty<Void> closing = Sinks.empty();

    /** One for all pages; it stops when the last one is left. */
    private final Flux<Long> ticks = Flux.interval(TICK).onBackpressureDrop().share();

    /** @param most the most streams at a time */
    LiveCalls(CallIndex index, CallFeed feed, int most, MeterRegistry registry) {
        this.index = index;
        this.feed = feed;
        this.most = most;
        Gauge.builder("callstream.console.pages", open, AtomicInteger::get)
                .description("Open pages that follow the calls")
                .register(registry);
    }

    /** Returns the stream of a page; {@code null} if there are too many already. */
    @Nullable
    Flux<ServerSentEvent<String>> follow(CallQuery query) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            return null;
        }
        Drawn drawn = new Drawn();
        return ticks.startWith(0L)
                .onBackpressureLatest()
                .concatMapIterable(tick -> drawn.next(query), 1)
                .takeUntilOther(closing.asMono())
                .doFinally(signal -> open.decrementAndGet());
    }

    /** Ends all streams, for which a server that stops would wait otherwise. */
    void close() {
        closing.tryEmitEmpty();
    }

    /** The table as it is now. */
    String table(CallQuery query) {
        feed.wanted();
        return CallList.calls(index.latest(query.filter(), SHOWN), feed.status(), index.size())
                .render();
    }

    /** What a page has been sent last. */
    private final class Drawn {

        private String last = "";
        private long at = -1;
        private int silent;

        List<ServerSentEvent<String>> next(CallQuery query) {
            long changes = index.changes();
            feed.wanted();
            if (changes != at || !feed.status().isUpToDate()) {
                at = changes;
                String table = table(query);
                if (!table.equals(last)) {
                    last = table;
                    silent = 0;
                    return List.of(ServerSentEvent.builder(table).event("calls").build());
                }
            }
            if (++silent % TICKS_UNTIL_SIGN_OF_LIFE == 0) {
                return List.of(ServerSentEvent.<String>builder().comment("").build());
            }
            return List.of();
        }
    }
}
