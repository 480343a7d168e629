package io.callstream.gateway.ingress;

import io.callstream.gateway.metrics.GatewayMetrics;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All connections of one port, divided by event loop. Safe for any number of threads. */
final class Connections {

    private final ConnectionLimits share;
    private final ConnectionMetrics metrics;
    private final Map<EventLoop, LoopConnections> loops = new ConcurrentHashMap<>();

    /**
     * @param port the port's name in metrics
     * @param loops the number of event loops
     */
    Connections(String port, ConnectionLimits limits, int loops, GatewayMetrics metrics) {
        this.share = limits.share(loops);
        this.metrics = new ConnectionMetrics(port, metrics);
        metrics.connections(
                port,
                limits.connections(),
                limits.receptionBytes(),
                this::open,
                () -> this.loops.values().stream()
                        .mapToLong(LoopConnections::receptionBytes)
                        .sum());
    }

    /** Returns the number of open connections. */
    int open() {
        return loops.values().stream().mapToInt(LoopConnections::open).sum();
    }

    LoopConnections of(EventLoop loop) {
        return loops.computeIfAbsent(loop, here -> new LoopConnections(here, share, metrics));
    }

    /** Returns a name for an event loop that has run nothing for a minute; {@code null} if there is none. */
    @Nullable
    String stuckThread() {
        return loops.values().stream().anyMatch(LoopConnections::isStuck) ? "an event loop" : null;
    }
}
