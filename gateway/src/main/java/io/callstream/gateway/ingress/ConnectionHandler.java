package io.callstream.gateway.ingress;

import io.callstream.gateway.ingress.ConnectionMetrics.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ByteProcessor;
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
 *            first byte          head is read           body is read            answer is sent
 *   IDLE ───────────────► HEAD ───────────────► BODY ────────────────► ANSWERING ──────────────► IDLE
 *
 *   ANSWER_UNREAD  the socket does not take the answer, because the sender does not read; nothing more is read from it
 *   CLOSING        the answer is written and closes the connection, but the sender is still writing: what it writes is
 *                  read and discarded, within a bound, because a reset would take the answer from it
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whoever waits for a close has its promise.
final class ConnectionHandler extends ChannelDuplexHandler {

    private static final AttributeKey<ConnectionHandler> KEY = AttributeKey.valueOf(ConnectionHandler.class, "here");

    private static final ByteProcessor NOT_LINE_BREAK = b -> b == '\r' || b == '\n';

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

        /** In this order they make room for other connections: what costs its sender least comes first. */
        static final List<Phase> MAKE_ROOM = List.of(CLOSING, ANSWER_UNREAD, HEAD, BODY, IDLE, ANSWERING);

        /** In this order they give up the bytes that they hold: one that is being answered holds those of later requests. */
        static final List<Phase> GIVE_BYTES = List.of(CLOSING, ANSWER_UNREAD, ANSWERING, HEAD, BODY, IDLE);
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
    private final HeadLines headLines = new HeadLines();
    private boolean inBody;
    private boolean awaitsAnswer;
    private boolean admitted;

    private @Nullable ChannelFuture written;
    private boolean writtenEnds;
    private @Nullable ChannelFuture unsent;
    private Runnable onSent = () -> {};

    private @Nullable Receiver receiver;
    private long receptionBytes;
    private long waitingBytes;

    private int heldMessages;
    private @Nullable ChannelPromise closing;
    private boolean givenUp;
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

    /** Whether bytes from the sender are to be read now: no request waits for an answer, but for that whose body they are. */
    boolean takesBytes() {
        return closing != null || (heldMessages == 0 && unsent == null && (!awaitsAnswer || inBody));
    }

    /** So many bytes more, or less, wait for the answer to the request before them. */
    void waits(long bytes) {
        if (admitted) {
            waitingBytes += bytes;
            loop.receives(this, bytes);
        }
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

    // ---- what the request's handlers say

    /** What is to be done whenever all that was written has been sent. */
    void onSent(Runnable task) {
        onSent = task;
    }

    /** A request's head is passed on. */
    void headRead() {
        inHead = false;
        inBody = true;
        awaitsAnswer = true;
    }

    /** A request's body was read to its end. */
    void bodyRead() {
        inBody = false;
    }

    /** Whether there is a request whose answer was not sent. */
    boolean awaitsAnswer() {
        return awaitsAnswer;
    }

    /** An answer, or the interim one before it, is being written. */
    void wrote(ChannelFuture sent, boolean ends) {
        written = sent;
        writtenEnds = ends;
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

    /** Whether it is over, although some of what came may still be decoded. */
    boolean isOver() {
        return !admitted;
    }

    /** A body is being received. */
    void receiving(Receiver receiver) {
        this.receiver = receiver;
    }

    /** So many bytes more of it are held. */
    void receives(long bytes) {
        if (admitted) {
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
        if (!inBody && message instanceof ByteBuf bytes && isTooLongAHead(bytes)) {
            ReferenceCountUtil.release(message);
            refuseHead();
            return;
        }
        context.fireChannelRead(message);
    }

    private boolean isTooLongAHead(ByteBuf bytes) {
        int from = bytes.readerIndex();
        if (!inHead) {
            // The line break that some senders add behind a body begins no request.
            from = bytes.forEachByte(NOT_LINE_BREAK);
            inHead = from >= 0;
            headLines.begin();
        }
        return inHead && headLines.areTooMany(bytes, from);
    }

    private void refuseHead() {
        if (!givenUp) {
            givenUp = true;
            write(Problem.of(
                    431, "The request has more than %d headers: send fewer.".formatted(RequestRules.MOST_HEADERS)));
            settle();
        }
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

    /** Enters the phase that follows from what is known. */
    void settle() {
        Phase to = now();
        if (admitted && phase != to) {
            Phase former = phase;
            phase = to;
            since = System.nanoTime();
            loop.moved(this, former);
        }
    }

    private Phase now() {
        if (closing != null || givenUp) {
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
        settle();
        if (phase != Phase.CLOSING) {
            // One that is closing has had its reason, or its sender writes on behind its last answer.
            loop.metrics().closed(reason);
        }
        Receiver receiving = receiver;
        if (phase == Phase.BODY && receiving != null) {
            givenUp = true;
            received();
            receiving.giveUp(reason);
            settle();
        } else if (phase == Phase.HEAD) {
            givenUp = true;
            answer(reason);
            settle();
        } else {
            closeNow();
        }
    }

    private void answer(Reason reason) {
        Problem problem = reason == Reason.HEAD_TIMEOUT
                ? Problem.of(408, "The head of the request did not arrive in time: send it whole, at once.")
                : Problem.unavailable("The gateway has no room for this connection: send it again.", Problem.SOON);
        write(problem);
    }

    /** Writes an answer by itself, for a request that no other handler knows, and ends the connection behind it. */
    private void write(Problem problem) {
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
