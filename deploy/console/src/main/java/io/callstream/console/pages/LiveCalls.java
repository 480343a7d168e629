package io.callstream.console.pages;

import io.callstream.console.calls.CallFeed;
import io.callstream.console.calls.CallIndex;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Streams of the latest calls, one for each open page: the table anew when it has changed, once a second at most. Pages
 * that ask for the same share its bytes. A page that reads slowly gets the newest table next; one that is left ends its
 * stream. Thread-safe.
 */
final class LiveCalls {

    private static final Duration TICK = Duration.ofSeconds(1);

    /** Without one, a page would not learn that the connection is gone. */
    private static final int TICKS_UNTIL_SIGN_OF_LIFE = 10;

    private static final byte[] SIGN_OF_LIFE = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private static final int SHOWN = 50;

    private static final String NONE =
            "None of the %,d calls that changed last. The last field searches all calls.".formatted(CallIndex.LATEST);

    private final CallIndex index;
    private final CallFeed feed;
    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    private final Sinks.Empty<Void> closing = Sinks.empty();

    /** One for all pages; it stops when the last one is left. */
    private final Flux<Tick> ticks =
            Flux.interval(TICK).onBackpressureDrop().map(number -> new Tick()).share();

    /** @param most the most streams at a time */
    LiveCalls(CallIndex index, CallFeed feed, int most, MeterRegistry registry) {
        this.index = index;
        this.feed = feed;
        this.most = most;
        Gauge.builder("callstream.console.pages", open, AtomicInteger::get)
                .description("Open pages that follow the calls")
                .register(registry);
    }

    /** Returns the stream of a page, as {@code text/event-stream}; {@code null} if there are too many already. */
    @Nullable
    Flux<byte[]> follow(CallQuery query) {
        // All requests and their subscriptions are on the port's one event loop, so none comes in between.
        return open.get() >= most ? null : Flux.defer(() -> followed(new Follower(query)));
    }

    private Flux<byte[]> followed(Follower follower) {
        open.incrementAndGet();
        return ticks.startWith(new Tick())
                .onBackpressureLatest()
                // Not the port's event loop, which answers probes.
                .publishOn(Schedulers.parallel(), 1)
                .concatMapIterable(follower::next, 1)
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
        return CallList.calls(index.latest(query.filter(), SHOWN), feed.status(), index.size(), NONE)
                .render();
    }

    /** The tables of one second, by what pages ask for. There are no more than open pages. */
    private final class Tick {

        private final Map<CallQuery, byte[]> events = new ConcurrentHashMap<>();

        /** A table has no line break: what it quotes is in one line each. */
        byte[] event(CallQuery query) {
            return events.computeIfAbsent(
                    query, asked -> ("event:calls\ndata:" + table(asked) + "\n\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What a page was sent last. */
    private static final class Follower {

        private final CallQuery query;
        private byte[] last = {};
        private int silent;

        Follower(CallQuery query) {
            this.query = query;
        }

        List<byte[]> next(Tick tick) {
            byte[] event = tick.event(query);
            if (!Arrays.equals(event, last)) {
                last = event;
                silent = 0;
                return List.of(event);
            }
            return ++silent % TICKS_UNTIL_SIGN_OF_LIFE == 0 ? List.of(SIGN_OF_LIFE) : List.of();
        }
    }
}
