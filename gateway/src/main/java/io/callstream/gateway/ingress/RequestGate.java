package io.callstream.gateway.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Passes a connection's next request to the decoder once the request before it is answered and its sender takes the
 * answers. What comes behind it waits as bytes, at most what one read brings; nothing more is read meanwhile.
 */
final class RequestGate extends ChannelDuplexHandler {

    /**
     * Bytes that are passed at a time. The shortest requests in so many are fewer than the 128 at which the server closes
     * a connection because of its queue; nearly every callback passes whole.
     */
    private static final int AT_A_TIME = 2 << 10;

    private final ConnectionHandler connection;
    private final Deque<ByteBuf> waiting = new ArrayDeque<>(1);
    private boolean passing;
    private boolean holdsRead;
    private boolean holdsAutoRead;

    RequestGate(ConnectionHandler connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)
                || (waiting.isEmpty() && bytes.readableBytes() <= AT_A_TIME && connection.takesBytes())) {
            context.fireChannelRead(message);
            return;
        }
        waiting.add(bytes);
        connection.waits(bytes.readableBytes());
        pass(context);
        if (!waiting.isEmpty()) {
            stopReading(context);
        }
    }

    private void pass(ChannelHandlerContext context) {
        if (passing) {
            return;
        }
        passing = true;
        try {
            while (!waiting.isEmpty() && connection.takesBytes()) {
                ByteBuf first = waiting.getFirst();
                ByteBuf next =
                        first.readableBytes() > AT_A_TIME ? first.readRetainedSlice(AT_A_TIME) : waiting.removeFirst();
                connection.waits(-next.readableBytes());
                context.fireChannelRead(next);
            }
        } finally {
            passing = false;
        }
        if (waiting.isEmpty()) {
            readOn(context);
        }
    }

    /** Where the channel reads by itself, holding back the server's requests to read would not stop it. */
    private void stopReading(ChannelHandlerContext context) {
        if (context.channel().config().isAutoRead()) {
            holdsAutoRead = true;
            context.channel().config().setAutoRead(false);
        }
    }

    private void readOn(ChannelHandlerContext context) {
        if (holdsAutoRead) {
            holdsAutoRead = false;
            context.channel().config().setAutoRead(true);
        }
        if (holdsRead) {
            holdsRead = false;
            context.read();
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        resume(context);
    }

    @Override
    public void read(ChannelHandlerContext context) {
        if (waiting.isEmpty()) {
            context.read();
        } else {
            holdsRead = true;
            stopReading(context);
            resume(context);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.fireChannelWritabilityChanged();
        resume(context);
    }

    private void resume(ChannelHandlerContext context) {
        if (!waiting.isEmpty() && connection.takesBytes()) {
            // Not from within the handlers that have just written the answer: they are not ready for a request.
            context.executor().execute(() -> resumed(context));
        }
    }

    private void resumed(ChannelHandlerContext context) {
        if (!waiting.isEmpty()) {
            pass(context);
            context.fireChannelReadComplete();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        while (!waiting.isEmpty()) {
            ByteBuf bytes = waiting.removeFirst();
            connection.waits(-bytes.readableBytes());
            ReferenceCountUtil.release(bytes);
        }
    }
}
