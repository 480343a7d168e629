package io.callstream.gateway.ingress;

import io.callstream.gateway.ingress.Connection.Phase;
import io.callstream.gateway.ingress.ConnectionMetrics.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ByteProcessor;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reports the socket's events to the {@link Connection}, and closes the connection so that its sender still gets the
 * answer. Only the {@link RequestGate} is nearer to the socket.
 */
@SuppressWarnings("FutureReturnValueIgnored") // The caller of close has the promise.
final class ConnectionHandler extends ChannelDuplexHandler implements Connection.End {

    private static final ByteProcessor LINE_BREAKS = b -> b == '\r' || b == '\n';

    /** The most bytes of a body that are discarded while its connection is closing. */
    private static final long MOST_DISCARDED = 16 << 20;

    private final Connection connection;
    private final HeadLines headLines = new HeadLines();
    private @Nullable ChannelHandlerContext context;

    /** The promise of a close that waits until the sender stops writing; {@code null} if there is none. */
    private @Nullable ChannelPromise close;

    private boolean givenUp;
    private long discarded;

    ConnectionHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        if (!connection.open(context.channel(), this)) {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connection.over();
        ChannelPromise waiting = close;
        if (waiting != null) {
            context.close(waiting);
        }
        context.fireChannelInactive();
    }

    // ---- reading

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (close != null) {
            discarded += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
            ReferenceCountUtil.release(message);
            if (discarded > MOST_DISCARDED) {
                closeNow();
            }
            return;
        }
        if (!connection.isInBody() && message instanceof ByteBuf bytes && isTooLongAHead(bytes)) {
            ReferenceCountUtil.release(message);
            refuseHead();
            return;
        }
        context.fireChannelRead(message);
    }

    private boolean isTooLongAHead(ByteBuf bytes) {
        int from = bytes.readerIndex();
        if (!connection.isInHead()) {
            // Some senders add a line break after a body. It does not begin a request.
            from = bytes.forEachByte(LINE_BREAKS);
            if (from < 0) {
                return false;
            }
            connection.headBegun();
            headLines.begin();
        }
        return headLines.areTooMany(bytes, from);
    }

    private void refuseHead() {
        if (!givenUp) {
            givenUp = true;
            answer(Problem.of(
                    431, "The request has more than %d headers: send fewer.".formatted(RequestRules.MOST_HEADERS)));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (close != null) {
            context.read();
            return;
        }
        connection.settle();
        context.fireChannelReadComplete();
    }

    // ---- ending

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        boolean stillWriting = (connection.isInBody() || connection.isInHead() || connection.hasWaitingBytes())
                && !connection.isOver()
                && context.channel().isActive();
        if (!stillWriting || close != null || !(context.channel() instanceof DuplexChannel channel)) {
            context.close(promise);
            return;
        }
        close = promise;
        connection.discarding();
        connection.settle();
        channel.shutdownOutput();
        context.read();
    }

    @Override
    public void closeNow() {
        connection.over();
        ChannelPromise waiting = close;
        ChannelHandlerContext here = Objects.requireNonNull(context);
        if (waiting == null) {
            here.close();
        } else {
            close = null;
            here.close(waiting);
        }
    }

    @Override
    public void giveUp(Reason reason) {
        connection.settle();
        Phase phase = connection.phase();
        if (phase != Phase.CLOSING) {
            // A closing connection is counted already, or its sender still writes after its last answer.
            connection.loop().metrics().closed(reason);
        }
        Connection.Receiver receiver = connection.receiver();
        if (phase == Phase.BODY && receiver != null) {
            givenUp = true;
            connection.closing();
            connection.received();
            receiver.giveUp(reason);
            connection.settle();
        } else if (phase == Phase.HEAD) {
            givenUp = true;
            answer(
                    reason == Reason.HEAD_TIMEOUT
                            ? Problem.of(408, "The head of the request did not arrive in time: send it whole, at once.")
                            : Problem.unavailable(
                                    "The gateway has no room for this connection: send it again.", Problem.SOON));
        } else {
            closeNow();
        }
    }

    /** Writes an answer for a request that the server has not seen, and closes the connection after it. */
    private void answer(Problem problem) {
        connection.loop().metrics().refused(problem.status());
        connection.closing();
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
        connection.settle();
    }
}
