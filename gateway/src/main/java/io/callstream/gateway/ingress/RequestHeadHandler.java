package io.callstream.gateway.ingress;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the heads of one connection's requests against the {@link RequestRules}, and gives a sentence to the refusals
 * that the server makes by itself, which are bare statuses.
 */
final class RequestHeadHandler extends ChannelDuplexHandler {

    private static final Map<Integer, String> SENTENCES = Map.of(
            400, "This is not a valid HTTP/1.1 request: check the sender and every proxy between it and the gateway.",
            413, "A part of the request's head is too long: send the callback in the body.",
            414, "The address is too long: send the callback in the body, by POST.",
            431, "The headers are too large: send fewer or shorter ones, 8 KB in all.");

    private final ConnectionHandler connection;
    private final IntConsumer refusals;

    /** Why the connection's last request is refused; nothing that comes behind it is read. */
    private @Nullable String fault;

    private boolean refused;

    /** @param refusals is told the status of each refusal made here */
    RequestHeadHandler(ConnectionHandler connection, IntConsumer refusals) {
        this.connection = connection;
        this.refusals = refusals;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            connection.headRead();
            if (request.decoderResult().isSuccess()) {
                fault = RequestRules.fault(request);
                if (fault != null) {
                    // The server answers it in its turn, behind those of earlier requests, and closes the connection.
                    request.setDecoderResult(DecoderResult.failure(new DecoderException(fault)));
                } else {
                    request.setUri(RequestTarget.escaped(request.uri()));
                }
            }
            refused = request.decoderResult().isFailure();
        }
        if (message instanceof LastHttpContent last && !refused) {
            refused = last.decoderResult().isFailure();
            if (!refused) {
                connection.bodyRead();
            }
        }
        context.fireChannelRead(message);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The promise tells whoever asked.
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean interim = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (message instanceof HttpResponse && !interim && !connection.awaitsAnswer()) {
            // The server's refusal of a body whose request is answered: a second answer would be taken for another's.
            ReferenceCountUtil.release(message);
            context.close(promise);
            return;
        }
        boolean ends = message instanceof LastHttpContent && !interim;
        context.write(
                message instanceof FullHttpResponse response && !interim ? explained(response) : message, promise);
        if (ends) {
            connection.answered();
        }
    }

    private FullHttpResponse explained(FullHttpResponse response) {
        int status = response.status().code();
        String sentence = status == 400 && fault != null ? fault : SENTENCES.get(status);
        if (sentence == null || response.content().isReadable()) {
            return response;
        }
        refusals.accept(status);
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
