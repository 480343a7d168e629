package io.callstream.dialler;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive connection to the gateway. It sends one post at a time and resends none. A broken connection is
 * reopened for the next post. Used by the platform's thread only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Every failure of the channel closes it.
final class Line {

    private final Bootstrap bootstrap;
    private final String authority;
    private final @Nullable String authorization;
    private @Nullable Channel channel;
    private @Nullable Post post;
    private long sentAt;
    private int status;
    private boolean isLast;

    Line(Bootstrap bootstrap, GatewayAddress address) {
        this.bootstrap = bootstrap;
        this.authority = address.authority();
        this.authorization = address.authorization();
    }

    void send(Post next) {
        post = next;
        sentAt = System.nanoTime();
        Channel open = channel;
        if (open != null && open.isActive()) {
            write(open, next);
            return;
        }
        bootstrap.connect().addListener((ChannelFuture connected) -> {
            if (!connected.isSuccess()) {
                broken(next);
                return;
            }
            Channel opened = connected.channel();
            if (post != next) {
                // The connection took so long that the post was given up.
                opened.close();
                return;
            }
            channel = opened;
            opened.pipeline().addLast(new Answers());
            opened.closeFuture().addListener(closed -> brokenIfWaitingOn(opened));
            write(opened, next);
        });
    }

    private void write(Channel open, Post next) {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                next.path(),
                Unpooled.wrappedBuffer(next.body().getBytes(StandardCharsets.UTF_8)),
                DefaultHttpHeadersFactory.headersFactory().newHeaders(),
                EmptyHttpHeaders.INSTANCE);
        HttpHeaders headers = request.headers();
        headers.set(HttpHeaderNames.HOST, authority)
                .set(HttpHeaderNames.CONTENT_TYPE, next.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, request.content().readableBytes());
        if (authorization != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, authorization);
        }
        open.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                open.close();
            }
        });
    }

    void giveUpIfSentBefore(long nanos) {
        Post waiting = post;
        if (waiting != null && sentAt - nanos < 0) {
            Channel open = channel;
            channel = null;
            if (open != null) {
                open.close();
            }
            broken(waiting);
        }
    }

    void close() {
        Channel open = channel;
        if (open != null) {
            open.close();
        }
    }

    private void brokenIfWaitingOn(Channel closed) {
        Post waiting = post;
        if (waiting != null && channel == closed) {
            broken(waiting);
        }
    }

    private void broken(Post waiting) {
        if (post == waiting) {
            post = null;
            waiting.unanswered();
        }
    }

    private final class Answers extends SimpleChannelInboundHandler<HttpObject> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (context.channel() != channel) {
                return;
            }
            if (part instanceof HttpResponse head) {
                status = head.status().code();
                isLast = !HttpUtil.isKeepAlive(head);
            }
            Post waiting = post;
            if (part instanceof LastHttpContent && waiting != null && status / 100 != 1) {
                post = null;
                if (isLast) {
                    channel = null;
                    context.close();
                }
                waiting.answered(status);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            context.close();
        }
    }
}
