package io.callstream.gateway.ingress;

import io.callstream.gateway.ingress.ConnectionMetrics.Reason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.AttributeKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of one connection: its phase, and the bytes that it holds. The connection's handlers report each change,
 * and {@link LoopConnections} of its event loop decides which connections to close. Used by that event loop only.
 *
 * <pre>
 *            first byte          head is read           body is read            answer is sent
 *   IDLE ───────────────► HEAD ───────────────► BODY ────────────────► ANSWERING ──────────────► IDLE
 *
 *   ANSWER_UNREAD  the socket does not accept the answer, because the sender does not read it; nothing more is read
 *                  from the sender
 *   CLOSING        the connection closes after its answer; if the sender still writes, its bytes are read and
 *                  discarded, up to a limit, because a reset would discard the answer on the sender's side
 * </pre>
 */
final class Connection {

    private static final AttributeKey<Connection> KEY = AttributeKey.valueOf(Connection.class, "here");

    /** The phases of a connection. */
    enum Phase {
        IDLE,
        HEAD,
        BODY,
        ANSWERING,
        ANSWER_UNREAD,
        CLOSING;

        /** The order in which connections are closed for new ones. The cheapest for its sender comes first. */
        static final List<Phase> MAKE_ROOM = List.of(CLOSING, ANSWER_UNREAD, HEAD, BODY, IDLE, ANSWERING);

        /**
         * The order in which connections are closed if the held bytes exceed their limit. A connection in
         * {@link #ANSWERING} holds only bytes of later requests.
         */
        static final List<Phase> GIVE_BYTES = List.of(CLOSING, ANSWER_UNREAD, ANSWERING, HEAD, BODY, IDLE);
    }

    /** Ends the connection. */
    interface End {

        /** Ends the connection, with an answer if its request can still get one. */
        void giveUp(Reason reason);

        /** Closes the connection without an answer. Does nothing if it is closed already. */
        void closeNow();
    }

    /** Receives a body, and can abort it. */
    interface Receiver {

        /** Aborts the body. The connection is closed after its request is answered. */
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

    /** @param address the sender's address */
    Connection(LoopConnections loop, Object address) {
        this.loop = loop;
        this.address = address;
    }

    /** Returns the connection of this channel. */
    static Connection of(Channel channel) {
        return Objects.requireNonNull(channel.attr(KEY).get());
    }

    /** Starts to count the connection. Returns {@code false} if there is no room for it. */
    boolean open(Channel channel, End by) {
        channel.attr(KEY).set(this);
        end = by;
        counted = loop.opened(this);
        return counted;
    }

    /** Stops counting the connection, and releases its bytes. */
    void over() {
        if (counted) {
            received();
            waits(-waitingBytes);
            counted = false;
            loop.closed(this);
        }
    }

    /** Whether the connection has ended. Bytes that arrived before may still be decoded. */
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

    /** When the connection entered its phase, by {@link System#nanoTime}. */
    long since() {
        return since;
    }

    // ---- phase

    /** The first byte of a head has arrived. */
    void headBegun() {
        inHead = true;
    }

    boolean isInHead() {
        return inHead;
    }

    /** The head of a request is passed on to the server. */
    void headRead() {
        inHead = false;
        inBody = true;
        awaitsAnswer = true;
    }

    boolean isInBody() {
        return inBody;
    }

    /** The body of a request is complete. */
    void bodyRead() {
        inBody = false;
    }

    /** Whether the answer to a request is not sent yet. */
    boolean awaitsAnswer() {
        return awaitsAnswer;
    }

    /** The connection closes after its current or next answer. */
    void closing() {
        closing = true;
    }

    /** Like {@link #closing}, and bytes that the sender still writes are discarded. */
    void discarding() {
        closing = true;
        discards = true;
    }

    /** Enters the phase that the current state requires. */
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

    // ---- answers

    /** Sets the task that runs whenever all written bytes are sent. */
    void onSent(Runnable task) {
        onSent = task;
    }

    /**
     * An answer, a part of one, or an interim answer (1xx) is being written.
     *
     * @param ends whether the answer is complete
     */
    void wrote(ChannelFuture sent, boolean ends) {
        written = sent;
        writtenEnds = ends;
    }

    /** The written bytes are passed to the socket, or as many of them as it accepts. */
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

    // ---- held bytes

    /**
     * Whether bytes from the sender may be passed on now. They may not while a request waits for its answer, unless
     * they belong to the body of that request.
     */
    boolean takesBytes() {
        return discards || (heldMessages == 0 && unsent == null && (!awaitsAnswer || inBody));
    }

    /** Adds to the bytes that wait for the answer to an earlier request; {@code bytes} can be negative. */
    void waits(long bytes) {
        if (counted) {
            waitingBytes += bytes;
            loop.receives(this, bytes);
        }
    }

    /** A decoded part of a request waits for the answer to an earlier request. */
    void holds(int bytes) {
        heldMessages++;
        waits(bytes);
    }

    /** The decoded part does not wait any more. */
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

    /** Returns the receiver of the current body; {@code null} if no body is being received. */
    @Nullable
    Receiver receiver() {
        return receiver;
    }

    /** Adds to the bytes that the current body holds. */
    void receives(long bytes) {
        if (counted) {
            receptionBytes += bytes;
            loop.receives(this, bytes);
        }
    }

    /** The current body is complete or aborted, so its bytes do not count any more. */
    void received() {
        receiver = null;
        if (receptionBytes > 0) {
            loop.receives(this, -receptionBytes);
            receptionBytes = 0;
        }
    }

    /** Returns the number of all bytes that the connection holds. */
    long heldBytes() {
        return receptionBytes + waitingBytes;
    }
}
