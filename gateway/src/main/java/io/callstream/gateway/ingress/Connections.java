package io.callstream.gateway.ingress;

import io.callstream.gateway.metrics.GatewayMetrics;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All connections of one port, an event loop's at a time. Safe for any number of threads. */
final class Connections {

    private final ConnectionLimits share;
    private final ConnectionMetrics metrics;
    private final Map<EventLoop, LoopConnections> loops = new ConcurrentHashMap<>();

    /**
     * @param port as it is named in metrics
     * @param loops how many event loops there are
     */
    Connections(String port, ConnectionLimits limits, int loops, GatewayMetrics metrics) {
        this.share = limits.share(loops);
        this.metrics = new ConnectionMetrics(port, metrics);
        metrics.connections(
                port,
                limits.connections(),
                limits.receptionBytes(),
                () -> this.loops.values().stream()
                        .mapToInt(LoopConnections::open)
                        .sum(),
                () -> this.loops.values().stream()
                        .mapToLong(LoopConnections::receptionBytes)
                        .sum());
    }

    LoopConnections of(EventLoop loop) {
        return loops.computeIfAbsent(loop, here -> new LoopConnections(here, share, metrics));
    }

    /** Whether one of the event loops has not run anything for a minute. */
    @Nullable
    String stuckThread() {
        return loops.values().stream().anyMatch(LoopConnections::isStuck) ? "an event loop" : null;
    }
}
