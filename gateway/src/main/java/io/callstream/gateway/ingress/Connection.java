package io.callstream.gateway.ingress;

import io.callstream.gateway.ingress.ConnectionMetrics.Reason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.AttributeKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one connection is at, and the bytes that it holds. Its handlers say what happens; its event loop's
 * {@link LoopConnections} decide by it. Used by that loop alone.
 *
 * <pre>
 *            first byte          head is read           body is read            answer is sent
 *   IDLE ───────────────► HEAD ───────────────► BODY ────────────────► ANSWERING ──────────────► IDLE
 *
 *   ANSWER_UNREAD  the socket does not take the answer, because the sender does not read; nothing more is read from it
 *   CLOSING        the answer is written and closes the connection, but the sender is still writing: what it writes is
 *                  read and discarded, within a bound, because a reset would take the answer from it
 * </pre>
 */
final class Connection {

    private static final AttributeKey<Connection> KEY = AttributeKey.valueOf(Connection.class, "here");

    /** What a connection is at. */
    enum Phase {
        IDLE,
        HEAD,
        BODY,
        ANSWERING,
        ANSWER_UNREAD,
        CLOSING;

        /** In this order they make room for other connections: what costs its sender least comes first. */
        static final List<Phase> MAKE_ROOM = List.of(CLOSING, ANSWER_UNREAD, HEAD, BODY, IDLE, ANSWERING);

        /** In this order they give up the bytes that they hold: one that is being answered holds those of later requests. */
        static final List<Phase> GIVE_BYTES = List.of(CLOSING, ANSWER_UNREAD, ANSWERING, HEAD, BODY, IDLE);
    }

    /** Ends the connection. */
    interface End {

        /** With an answer where its request can still have one. */
        void giveUp(Reason reason);

        /** Without another word; does nothing where it has ended. */
        void closeNow();
    }

    /** Receives a body, and can be told to give it up. */
    interface Receiver {

        /** The connection is closed once the body's request is answered. */
        void giveUp(Reason reason);
    }

    private final LoopConnections loop;
    private final Object address;
    private final PhaseList.Place place = new PhaseList.Place();
    private @Nullable End end;
    private boolean counted;

    private Phase phase = Phase.IDLE;
    private long since = System.nanoTime();
    private boolean inHead;
    private boolean inBody;
    private boolean awaitsAnswer;
    private boolean closing;
    private boolean discards;

    private @Nullable ChannelFuture written;
    private boolean writtenEnds;
    private @Nullable ChannelFuture unsent;
    private Runnable onSent = () -> {};

    private @Nullable Receiver receiver;
    private long receptionBytes;
    private long waitingBytes;
    private int heldMessages;

    /** @param address where it comes from */
    Connection(LoopConnections loop, Object address) {
        this.loop = loop;
        this.address = address;
    }

    /** That of this channel. */
    static Connection of(Channel channel) {
        return Objects.requireNonNull(channel.attr(KEY).get());
    }

    /** Counts it from now on; {@code false} where there is no room for it. */
    boolean open(Channel channel, End by) {
        channel.attr(KEY).set(this);
        end = by;
        counted = loop.opened(this);
        return counted;
    }

    /** Counts it no more. */
    void over() {
        if (counted) {
            received();
            waits(-waitingBytes);
            counted = false;
            loop.closed(this);
        }
    }

    /** Whether it is over, although some of what came may still be decoded. */
    boolean isOver() {
        return !counted;
    }

    void giveUp(Reason reason) {
        Objects.requireNonNull(end).giveUp(reason);
    }

    void closeNow() {
        Objects.requireNonNull(end).closeNow();
    }

    LoopConnections loop() {
        return loop;
    }

    PhaseList.Place place() {
        return place;
    }

    Object address() {
        return address;
    }

    Phase phase() {
        return phase;
    }

    /** When it entered its phase, by {@link System#nanoTime}. */
    long since() {
        return since;
    }

    // ---- what it is at

    /** The first byte of a head has come. */
    void headBegun() {
        inHead = true;
    }

    boolean isInHead() {
        return inHead;
    }

    /** A request's head is passed on. */
    void headRead() {
        inHead = false;
        inBody = true;
        awaitsAnswer = true;
    }

    boolean isInBody() {
        return inBody;
    }

    /** A request's body was read to its end. */
    void bodyRead() {
        inBody = false;
    }

    /** Whether there is a request whose answer was not sent. */
    boolean awaitsAnswer() {
        return awaitsAnswer;
    }

    /** It ends behind the answer that it has, or is about to have. */
    void closing() {
        closing = true;
    }

    /** Likewise, and what the sender still writes is discarded. */
    void discarding() {
        closing = true;
        discards = true;
    }

    /** Enters the phase that follows from what is known. */
    void settle() {
        Phase to = now();
        if (counted && phase != to) {
            Phase former = phase;
            phase = to;
            since = System.nanoTime();
            loop.moved(this, former);
        }
    }

    private Phase now() {
        if (closing) {
            return Phase.CLOSING;
        }
        if (unsent != null) {
            return Phase.ANSWER_UNREAD;
        }
        if (inBody) {
            return Phase.BODY;
        }
        if (awaitsAnswer) {
            return Phase.ANSWERING;
        }
        return inHead ? Phase.HEAD : Phase.IDLE;
    }

    // ---- its answers

    /** What is to be done whenever all that was written has been sent. */
    void onSent(Runnable task) {
        onSent = task;
    }

    /** An answer, or the interim one before it, is being written. */
    void wrote(ChannelFuture sent, boolean ends) {
        written = sent;
        writtenEnds = ends;
    }

    /** What was written has gone to the socket, or as much of it as that takes. */
    void flushed() {
        ChannelFuture last = written;
        if (last == null) {
            return;
        }
        written = null;
        boolean ends = writtenEnds;
        if (last.isDone()) {
            sent(ends);
        } else {
            unsent = last;
            last.addListener(sent -> {
                unsent = unsent == last ? null : unsent;
                sent(ends);
            });
            settle();
        }
    }

    private void sent(boolean ends) {
        if (ends) {
            awaitsAnswer = false;
        }
        settle();
        onSent.run();
    }

    // ---- the bytes that it holds

    /** Whether bytes from the sender are to be read now: no request waits for an answer, but for that whose body they are. */
    boolean takesBytes() {
        return discards || (heldMessages == 0 && unsent == null && (!awaitsAnswer || inBody));
    }

    /** So many bytes more, or less, wait for the answer to the request before them. */
    void waits(long bytes) {
        if (counted) {
            waitingBytes += bytes;
            loop.receives(this, bytes);
        }
    }

    /** A part of a request waits decoded, for the answer to the request before it. */
    void holds(int bytes) {
        heldMessages++;
        waits(bytes);
    }

    /** It goes on. */
    void holdsNoMore(int bytes) {
        heldMessages--;
        waits(-bytes);
    }

    boolean hasWaitingBytes() {
        return waitingBytes > 0;
    }

    /** A body is being received. */
    void receiving(Receiver body) {
        receiver = body;
    }

    /** Who receives a body now. */
    @Nullable
    Receiver receiver() {
        return receiver;
    }

    /** So many bytes more of it are held. */
    void receives(long bytes) {
        if (counted) {
            receptionBytes += bytes;
            loop.receives(this, bytes);
        }
    }

    /** It is received, or given up. */
    void received() {
        receiver = null;
        if (receptionBytes > 0) {
            loop.receives(this, -receptionBytes);
            receptionBytes = 0;
        }
    }

    /** All bytes that it holds. */
    long heldBytes() {
        return receptionBytes + waitingBytes;
    }
}
