package io.callstream.gateway.ingress;

import io.callstream.gateway.ingress.Connection.Phase;
import io.callstream.gateway.ingress.ConnectionMetrics.Reason;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Limits the connections of one event loop. It closes connections that take too long. At a limit, it closes those that
 * have been unfinished or idle for longest, so that the newest request gets through. Used by that event loop only,
 * except for the gauges and {@link #isStuck}.
 *
 * <p>It sheds load before a body is decoded. Once the loop has decoded for more than 100 ms since the last tick, it
 * refuses bodies that are larger than any single callback. After three ticks in a row with more than 300 ms each, it
 * refuses all bodies.
 */
final class LoopConnections {

    private static final Duration TICK = Duration.ofMillis(50);
    private static final long STUCK = Duration.ofMinutes(1).toNanos();

    /** A connection that entered its phase more recently still makes progress, so it makes no room for others. */
    private static final long YOUNG = Duration.ofMillis(200).toNanos();

    /** The same for {@link Phase#ANSWERING}. Every answer takes less time, unless the sender does not read it. */
    private static final long YOUNG_WAIT = Duration.ofSeconds(2).toNanos();

    /** A callback has some 300 bytes to 2 KB. */
    private static final long LARGE_BODY = 8 << 10;

    private static final long MUCH_WORK = Duration.ofMillis(100).toNanos();
    private static final long TOO_MUCH_WORK = Duration.ofMillis(300).toNanos();
    private static final int OVERLOADED_AFTER = 3;

    /** The most time counted for a single body. A longer time is a pause of the machine, not work. */
    private static final long MOST_WORK = Duration.ofMillis(20).toNanos();

    private final ConnectionLimits limits;
    private final ConnectionMetrics metrics;

    /** The connections of each phase. The one that entered the phase first comes first. */
    private final Map<Phase, PhaseList> byPhase = new EnumMap<>(Phase.class);

    private final Map<Object, Integer> byAddress = new HashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong receptionBytes = new AtomicLong();
    private volatile long tickedAt = System.nanoTime();

    /** Nanoseconds of decoding since the last tick. */
    private long work;

    /** Ticks in a row with more work than {@link #TOO_MUCH_WORK}. */
    private int overloadedTicks;

    @SuppressWarnings("FutureReturnValueIgnored") // It ticks until the loop ends.
    LoopConnections(EventLoop loop, ConnectionLimits limits, ConnectionMetrics metrics) {
        this.limits = limits;
        this.metrics = metrics;
        for (Phase phase : Phase.values()) {
            byPhase.put(phase, new PhaseList());
        }
        loop.scheduleWithFixedDelay(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    ConnectionMetrics metrics() {
        return metrics;
    }

    int open() {
        return open.get();
    }

    long receptionBytes() {
        return receptionBytes.get();
    }

    /** Whether the event loop has run nothing for a minute. */
    boolean isStuck() {
        return System.nanoTime() - tickedAt > STUCK;
    }

    /** Adds a new connection, and closes another one for it if necessary. Returns {@code false} if there is no room. */
    boolean opened(Connection connection) {
        Object address = connection.address();
        if ((open.get() >= limits.connections() && !makeRoom(null))
                || (byAddress.getOrDefault(address, 0) >= limits.perAddress() && !makeRoom(address))) {
            metrics.closed(Reason.NO_ROOM);
            return false;
        }
        open.incrementAndGet();
        byAddress.merge(address, 1, Integer::sum);
        in(connection.phase()).add(connection);
        return true;
    }

    void closed(Connection connection) {
        in(connection.phase()).remove(connection);
        open.decrementAndGet();
        byAddress.computeIfPresent(connection.address(), (address, count) -> count == 1 ? null : count - 1);
    }

    /** The connection has changed its phase. */
    void moved(Connection connection, Phase from) {
        in(from).remove(connection);
        in(connection.phase()).add(connection);
    }

    private PhaseList in(Phase phase) {
        return Objects.requireNonNull(byPhase.get(phase));
    }

    /**
     * Adds to the bytes that the connection holds; {@code bytes} can be negative. Over the limit, other connections
     * that hold bytes are closed in the order {@link Phase#GIVE_BYTES}, the oldest of each phase first. This connection
     * is the last.
     */
    void receives(Connection connection, long bytes) {
        receptionBytes.addAndGet(bytes);
        long freed = bytes;
        while (freed > 0 && receptionBytes.get() > limits.receptionBytes()) {
            long before = receptionBytes.get();
            oldestReception(connection).giveUp(Reason.MADE_ROOM);
            freed = before - receptionBytes.get();
        }
    }

    private Connection oldestReception(Connection newest) {
        for (Phase phase : Phase.GIVE_BYTES) {
            for (Connection other = in(phase).first(); other != null; other = PhaseList.after(other)) {
                if (other != newest && other.heldBytes() > 0) {
                    return other;
                }
            }
        }
        return newest;
    }

    /** @param address closes only a connection from this address; {@code null} for any address */
    private boolean makeRoom(@Nullable Object address) {
        long now = System.nanoTime();
        for (Phase phase : Phase.MAKE_ROOM) {
            for (Connection connection = in(phase).first();
                    connection != null;
                    connection = PhaseList.after(connection)) {
                if (now - connection.since() < (phase == Phase.ANSWERING ? YOUNG_WAIT : YOUNG)
                        && phase != Phase.CLOSING) {
                    break;
                }
                if (address == null || address.equals(connection.address())) {
                    connection.giveUp(Reason.MADE_ROOM);
                    // The new connection needs the file descriptor now.
                    connection.closeNow();
                    return true;
                }
            }
        }
        return false;
    }

    /** Adds the time that the decoding of a body took. */
    void worked(long nanos) {
        work += Math.min(nanos, MOST_WORK);
    }

    /**
     * Whether to refuse a body because the loop has more work than it can answer in time.
     *
     * @param length the length of the body in bytes; negative if it is not known
     */
    boolean isOverloaded(long length) {
        boolean large = length < 0 || length > LARGE_BODY;
        return (large && work > MUCH_WORK) || overloadedTicks >= OVERLOADED_AFTER;
    }

    private void tick() {
        long now = System.nanoTime();
        tickedAt = now;
        overloadedTicks = work > TOO_MUCH_WORK ? overloadedTicks + 1 : 0;
        work = 0;
        giveUpOverdue(Phase.HEAD, limits.head(), Reason.HEAD_TIMEOUT, now);
        giveUpOverdue(Phase.BODY, limits.body(), Reason.BODY_TIMEOUT, now);
        giveUpOverdue(Phase.ANSWERING, limits.answering(), Reason.ANSWER_UNREAD, now);
        giveUpOverdue(Phase.ANSWER_UNREAD, limits.answer(), Reason.ANSWER_UNREAD, now);
        giveUpOverdue(Phase.CLOSING, limits.answer(), Reason.ANSWER_UNREAD, now);
        giveUpOverdue(Phase.IDLE, limits.idle(), Reason.IDLE, now);
    }

    private void giveUpOverdue(Phase phase, Duration limit, Reason reason, long now) {
        for (Connection connection; (connection = overdue(phase, limit, now)) != null; ) {
            connection.settle();
            if (connection.phase() == phase) {
                connection.giveUp(reason);
            }
        }
    }

    private @Nullable Connection overdue(Phase phase, Duration limit, long now) {
        Connection oldest = in(phase).first();
        return oldest != null && now - oldest.since() >= limit.toNanos() ? oldest : null;
    }
}
