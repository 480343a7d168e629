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
 * The connections of one event loop: closes those that take too long and, where a limit is reached, those that have been
 * unfinished or idle for longest, so that the newest request gets through. Used by that loop alone, but for the numbers
 * that are gauges.
 *
 * <p>It sheds load before a body is read: bodies larger than any single callback once the loop has decoded for 100 ms at
 * a stretch, all bodies once that goes on.
 */
final class LoopConnections {

    private static final Duration TICK = Duration.ofMillis(50);
    private static final long STUCK = Duration.ofMinutes(1).toNanos();

    /** A younger one is on its way and makes no room for others. */
    private static final long YOUNG = Duration.ofMillis(200).toNanos();

    /** Every answer takes less, but for a sender that does not read it. */
    private static final long YOUNG_WAIT = Duration.ofSeconds(2).toNanos();

    /** A callback has some 300 bytes to 2 KB. */
    private static final long LARGE_BODY = 8 << 10;

    private static final long MUCH_WORK = Duration.ofMillis(100).toNanos();
    private static final long TOO_MUCH_WORK = Duration.ofMillis(300).toNanos();
    private static final int OVERLOADED_AFTER = 3;

    /** More for a single body is a pause of the machine, not work. */
    private static final long MOST_WORK = Duration.ofMillis(20).toNanos();

    private final ConnectionLimits limits;
    private final ConnectionMetrics metrics;

    /** Each phase's connections, the one that entered it first at the front. */
    private final Map<Phase, PhaseList> byPhase = new EnumMap<>(Phase.class);

    private final Map<Object, Integer> byAddress = new HashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong receptionBytes = new AtomicLong();
    private volatile long tickedAt = System.nanoTime();

    /** Nanoseconds of decoding since the last tick. */
    private long work;

    /** Ticks in a row with too much of it. */
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

    /** Whether it has not run anything for a minute. */
    boolean isStuck() {
        return System.nanoTime() - tickedAt > STUCK;
    }

    /** Takes a new connection in, if need be in place of another; {@code false} where there is no room. */
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

    /** The connection is in another phase now. */
    void moved(Connection connection, Phase from) {
        in(from).remove(connection);
        in(connection.phase()).add(connection);
    }

    private PhaseList in(Phase phase) {
        return Objects.requireNonNull(byPhase.get(phase));
    }

    /** The connection's body takes so many bytes more, or less. The oldest others make room for it. */
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

    /** @param address only one from there, any where {@code null} */
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
                    // Its descriptor is needed now.
                    connection.closeNow();
                    return true;
                }
            }
        }
        return false;
    }

    /** A body was decoded for so long. */
    void worked(long nanos) {
        work += Math.min(nanos, MOST_WORK);
    }

    /**
     * Whether a body is to be refused because the loop has more to do than it can answer in time.
     *
     * @param length of the body, negative where it is not known
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
        giveUpOverdue(Phase.ANSWERING, limits.answer(), Reason.ANSWER_UNREAD, now);
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
