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
 * Passes a connection's bytes to the decoder only while no request waits for its answer. Later bytes wait here, at most
 * those of one read, and nothing more is read meanwhile. One pass can contain several requests:
 * {@link RequestHeadHandler} holds those after the first.
 */
final class RequestGate extends ChannelDuplexHandler {

    /**
     * Bytes that are passed at a time. They contain fewer than 128 requests, even the shortest, because the server
     * closes a connection at 128. Nearly every callback fits into one pass.
     */
    private static final int AT_A_TIME = 2 << 10;

    /**
     * More than one read brings, TLS records included. If a sender closes its half of the connection, epoll reads all
     * bytes that the system has buffered, even if no read is requested. It closes the connection after that.
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

    /**
     * Passes on the waiting bytes. Must not run within the handlers that have just written an answer, because they do
     * not accept the next request yet.
     */
    void passOn() {
        ChannelHandlerContext here = Objects.requireNonNull(context);
        if (!waiting.isEmpty() && connection.takesBytes()) {
            // Reading resumes first, because the server may stop it again for a body in these bytes.
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

    /** Stops automatic reading. While it is on, holding back the server's read requests stops nothing. */
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
