package io.callstream.gateway.ingress;

import io.callstream.gateway.metrics.GatewayMetrics;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Map;

/**
 * Gives a sentence to the refusals that the server makes by itself, of requests that never reach the routes: those are
 * answered with a bare status.
 */
@ChannelHandler.Sharable
final class UnreadableRequestHandler extends ChannelOutboundHandlerAdapter {

    private static final Map<Integer, String> SENTENCES = Map.of(
            400, "This is no readable HTTP/1.1 request: see what stands between the sender and the gateway.",
            413, "A part of the request's head is too long: send callbacks in the body.",
            414, "The address is too long: send callbacks in the body, by POST.",
            431, "The headers are too large: send fewer or shorter ones, 8 KB in all.");

    private final GatewayMetrics metrics;

    UnreadableRequestHandler(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The promise tells whoever asked.
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(message instanceof FullHttpResponse response ? explained(response) : message, promise);
    }

    private FullHttpResponse explained(FullHttpResponse response) {
        int status = response.status().code();
        String sentence = SENTENCES.get(status);
        if (sentence == null || response.content().isReadable()) {
            return response;
        }
        metrics.refused(status);
        response.release();
        return withBody(response, Problem.of(status, sentence));
    }

    private static FullHttpResponse withBody(FullHttpResponse bare, Problem problem) {
        byte[] json = problem.json();
        FullHttpResponse full =
                new DefaultFullHttpResponse(bare.protocolVersion(), bare.status(), Unpooled.wrappedBuffer(json));
        full.headers()
                .set(bare.headers())
                .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, json.length);
        return full;
    }
}
