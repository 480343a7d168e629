package io.callstream.gateway.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Passes a connection's bytes to the decoder only while no request waits for its answer. What comes behind it waits as
 * bytes, at most what one read brings; nothing more is read meanwhile. The requests that the decoder makes of one pass wait
 * in {@link RequestHeadHandler}.
 */
final class RequestGate extends ChannelDuplexHandler {

    /**
     * Bytes that are passed at a time. The shortest requests in so many are fewer than the 128 at which the server closes
     * a connection; nearly every callback passes whole.
     */
    private static final int AT_A_TIME = 2 << 10;

    /**
     * More than one read brings, with TLS's records. Where a sender ends its half of the connection, epoll reads whatever the
     * system has buffered, wanted or not, and closes it after that.
     */
    private static final int MOST_WAITING = 48 << 10;

    private final Connection connection;
    private final Deque<ByteBuf> waiting = new ArrayDeque<>(1);
    private @Nullable ChannelHandlerContext context;
    private int counted;
    private boolean passing;
    private boolean holdsRead;
    private boolean holdsAutoRead;

    RequestGate(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)
                || (waiting.isEmpty() && bytes.readableBytes() <= AT_A_TIME && connection.takesBytes())) {
            context.fireChannelRead(message);
            return;
        }
        if (counted > MOST_WAITING) {
            ReferenceCountUtil.release(bytes);
            connection.closeNow();
            return;
        }
        waiting.add(bytes);
        pass(context);
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Passes on what waits. Not from within the handlers that have just written an answer: they take no request yet. */
    void passOn() {
        ChannelHandlerContext here = Objects.requireNonNull(context);
        if (!waiting.isEmpty() && connection.takesBytes()) {
            // Before the bytes: a request's body can be what the server wants no reading for.
            readOn(here);
            pass(here);
            here.fireChannelReadComplete();
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
                context.fireChannelRead(next);
            }
        } finally {
            passing = false;
        }
        count();
        if (waiting.isEmpty()) {
            readOn(context);
        } else {
            stopReading(context);
        }
    }

    private void count() {
        int bytes = 0;
        for (ByteBuf buffer : waiting) {
            bytes += buffer.readableBytes();
        }
        connection.waits(bytes - counted);
        counted = bytes;
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
    public void read(ChannelHandlerContext context) {
        if (waiting.isEmpty() || connection.takesBytes()) {
            context.read();
        } else {
            holdsRead = true;
            stopReading(context);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        connection.flushed();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        count();
    }
}
