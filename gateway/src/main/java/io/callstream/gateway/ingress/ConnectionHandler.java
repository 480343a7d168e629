package io.callstream.gateway.ingress;

import io.callstream.gateway.ingress.ConnectionMetrics.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection, next to the socket but for the {@link RequestGate}: knows what it is at, and what may be done about it.
 *
 * <pre>
 *            first byte          head is read           body is read          answer is written
 *   IDLE ───────────────► HEAD ───────────────► BODY ────────────────► ANSWERING ──────────────► IDLE
 *
 *   ANSWER_UNREAD  the sender leaves answers unread; nothing more is read from it until it has taken them
 *   CLOSING        the answer is written and closes the connection, but the sender is still writing: what it writes is
 *                  read and discarded, within a bound, because a reset would take the answer from it
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whoever waits for a close has its promise.
final class ConnectionHandler extends ChannelDuplexHandler {

    private static final AttributeKey<ConnectionHandler> KEY = AttributeKey.valueOf(ConnectionHandler.class, "here");

    /** Of a body that is discarded while its connection is closing. */
    private static final long MOST_DISCARDED = 16 << 20;

    /** What a connection is at. */
    enum Phase {
        IDLE,
        HEAD,
        BODY,
        ANSWERING,
        ANSWER_UNREAD,
        CLOSING;

        /** In this order they make room for others: what costs its sender least comes first. */
        static final List<Phase> MAKE_ROOM = List.of(CLOSING, ANSWER_UNREAD, HEAD, BODY, IDLE);
    }

    /** Receives a body, and can be told to give it up. */
    interface Receiver {

        /** The connection is closed once the body's request is answered. */
        void giveUp(Reason reason);
    }

    private final LoopConnections loop;
    private final PhaseList.Place place = new PhaseList.Place();
    private @Nullable ChannelHandlerContext context;
    private Object address = "";
    private Phase phase = Phase.IDLE;
    private long since = System.nanoTime();

    private boolean inHead;
    private boolean inBody;
    private int unanswered;
    private boolean admitted;

    private @Nullable Receiver receiver;
    private long receptionBytes;
    private long waitingBytes;

    private @Nullable ChannelPromise closing;
    private long discarded;

    ConnectionHandler(LoopConnections loop) {
        this.loop = loop;
    }

    /** That of this connection. */
    static ConnectionHandler of(Channel channel) {
        return Objects.requireNonNull(channel.attr(KEY).get());
    }

    LoopConnections loop() {
        return loop;
    }

    PhaseList.Place place() {
        return place;
    }

    Phase phase() {
        return phase;
    }

    /** When it entered its phase, by {@link System#nanoTime}. */
    long since() {
        return since;
    }

    /** Where it comes from. */
    Object address() {
        return address;
    }

    long receptionBytes() {
        return receptionBytes + waitingBytes;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        context.channel().attr(KEY).set(this);
        SocketAddress remote = context.channel().remoteAddress();
        if (remote instanceof InetSocketAddress internet) {
            address = internet.getAddress();
        }
        admitted = loop.opened(this);
        if (!admitted) {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        leave();
        ChannelPromise closed = closing;
        if (closed != null) {
            context.close(closed);
        }
        context.fireChannelInactive();
    }

    private void leave() {
        if (admitted) {
            received();
            waits(-waitingBytes);
            admitted = false;
            loop.closed(this);
        }
    }

    // ---- what the gate asks and says

    /**
     * Whether bytes from the sender are to be read now: it takes its answers, and no request waits for one, but for that
     * whose body they are.
     */
    boolean takesBytes() {
        boolean takesAnswers = context == null || context.channel().isWritable();
        return closing != null || (takesAnswers && (unanswered == 0 || (unanswered == 1 && inBody)));
    }

    /** So many bytes more, or less, wait for the answer to the request before them. */
    void waits(long bytes) {
        if (admitted) {
            waitingBytes += bytes;
            loop.receives(this, bytes);
        }
    }

    // ---- what the request's handlers say

    /** A request's head was read. */
    void headRead() {
        inHead = false;
        inBody = true;
        unanswered++;
    }

    /** A request's body was read to its end. */
    void bodyRead() {
        inBody = false;
    }

    /** Whether there is a request whose answer was not written. */
    boolean awaitsAnswer() {
        return unanswered > 0;
    }

    /** A request's answer was written. */
    void answered() {
        unanswered--;
        if (phase == Phase.ANSWERING && admitted) {
            // Among pipelined requests each answer is progress.
            since = System.nanoTime();
            loop.moved(this, phase);
        }
        settle();
    }

    /** A body is being received. */
    void receiving(Receiver receiver) {
        this.receiver = receiver;
    }

    /** So many bytes more of it are held. */
    void receives(long bytes) {
        receptionBytes += bytes;
        loop.receives(this, bytes);
    }

    /** It is received, or given up. */
    void received() {
        receiver = null;
        if (receptionBytes > 0) {
            loop.receives(this, -receptionBytes);
            receptionBytes = 0;
        }
    }

    // ---- what the socket says

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing != null) {
            discarded += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
            ReferenceCountUtil.release(message);
            if (discarded > MOST_DISCARDED) {
                closeNow();
            }
            return;
        }
        if (!inBody && !inHead) {
            // The line break that some senders add behind a body begins no request.
            inHead = !(message instanceof ByteBuf bytes) || bytes.forEachByte(b -> b == '\r' || b == '\n') >= 0;
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (closing != null) {
            context.read();
            return;
        }
        settle();
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        settle();
        context.fireChannelWritabilityChanged();
    }

    /** Enters the phase that follows from what is known. */
    private void settle() {
        move(now());
    }

    private void move(Phase to) {
        if (admitted && phase != to) {
            Phase former = phase;
            phase = to;
            since = System.nanoTime();
            loop.moved(this, former);
        }
    }

    private Phase now() {
        if (closing != null) {
            return Phase.CLOSING;
        }
        if (context != null && !context.channel().isWritable()) {
            return Phase.ANSWER_UNREAD;
        }
        if (inBody) {
            return Phase.BODY;
        }
        if (inHead) {
            return Phase.HEAD;
        }
        return unanswered > 0 ? Phase.ANSWERING : Phase.IDLE;
    }

    // ---- closing

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        boolean stillWriting = (inBody || inHead || waitingBytes > 0)
                && admitted
                && context.channel().isActive();
        if (!stillWriting || closing != null || !(context.channel() instanceof DuplexChannel channel)) {
            context.close(promise);
            return;
        }
        closing = promise;
        settle();
        channel.shutdownOutput();
        context.read();
    }

    /** Ends it without another word; does nothing where it has ended. */
    void closeNow() {
        leave();
        ChannelPromise waiting = closing;
        ChannelHandlerContext here = Objects.requireNonNull(context);
        if (waiting == null) {
            here.close();
        } else {
            closing = null;
            here.close(waiting);
        }
    }

    /** Ends it, with an answer where its request can still have one. */
    void giveUp(Reason reason) {
        if (phase != Phase.CLOSING) {
            // One that is closing has had its reason, or its sender writes on behind its last answer.
            loop.metrics().closed(reason);
        }
        Receiver receiving = receiver;
        if (phase == Phase.BODY && receiving != null) {
            received();
            receiving.giveUp(reason);
            move(Phase.CLOSING);
        } else if (phase == Phase.HEAD && unanswered == 0) {
            answer(reason);
            move(Phase.CLOSING);
        } else {
            closeNow();
        }
    }

    private void answer(Reason reason) {
        Problem problem = reason == Reason.HEAD_TIMEOUT
                ? Problem.of(408, "The head of the request did not arrive in time: send it whole, at once.")
                : Problem.unavailable("The gateway has no room for this connection: send it again.", Problem.SOON);
        loop.metrics().refused(problem.status());
        byte[] json = problem.json();
        StringBuilder head =
                new StringBuilder("HTTP/1.1 %d %s\r\ncontent-type: %s\r\ncontent-length: %d\r\nconnection: close\r\n"
                        .formatted(problem.status(), problem.title(), Problem.MEDIA_TYPE, json.length));
        problem.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        ChannelHandlerContext here = Objects.requireNonNull(context);
        here.writeAndFlush(Unpooled.wrappedBuffer(start, json))
                .addListener((ChannelFutureListener) written -> close(here, here.newPromise()));
    }
}
