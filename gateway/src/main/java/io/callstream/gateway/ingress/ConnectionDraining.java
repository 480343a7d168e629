package io.callstream.gateway.ingress;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lets the senders leave before the server stops. Each answer closes its connection, and new connections are still
 * accepted, until there are none left or the time is up. Without it, a sender that posts on a kept-alive connection at
 * the moment at which the server closes it would lose the callback.
 */
final class ConnectionDraining implements SmartLifecycle {

    private static final Duration LOOK = Duration.ofMillis(20);

    private final Connections connections;
    private final Duration atMost;
    private volatile boolean running;
    private volatile boolean on;

    /** @param atMost how long a stop waits for the senders */
    ConnectionDraining(Connections connections, Duration atMost) {
        this.connections = connections;
        this.atMost = atMost;
    }

    /** Whether each answer closes its connection. */
    boolean isOn() {
        return on;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        on = true;
        Flux.interval(Duration.ZERO, LOOK)
                .takeUntil(tick -> connections.open() == 0)
                .then()
                .timeout(atMost, Mono.empty())
                .block();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** The highest phase stops first: both ports are still served. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
