package io.callstream.gateway.ingress;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes one request at a time to the server. Later requests that are already decoded wait here until its answer is
 * sent. Otherwise the server would apply the end, the fault or the {@code Connection: close} of a later request to the
 * earlier one. This handler also checks each head against the {@link RequestRules}. It adds an explanation to the
 * server's own refusals, which consist of a status only.
 */
final class RequestHeadHandler extends ChannelDuplexHandler {

    private static final Map<Integer, String> SENTENCES = Map.of(
            400, "This is not a valid HTTP/1.1 request: check the sender and every proxy between it and the gateway.",
            413, "A part of the request's head is too long: send the callback in the body.",
            414, "The address is too long: send the callback in the body, by POST.",
            431, "The headers are too large: send fewer or shorter ones, 8 KB in all.");

    /** Bytes that a decoded message takes, without its headers and content. */
    private static final int MESSAGE = 512;

    /** Bytes that a decoded header takes at least. */
    private static final int HEADER = 128;

    private final Connection connection;
    private final RequestGate gate;
    private final IntConsumer refusals;
    private final Deque<Object> held = new ArrayDeque<>(1);
    private @Nullable ChannelHandlerContext context;

    /** Why the rules refuse the last request; {@code null} if they do not. Nothing after that request is read. */
    private @Nullable String fault;

    private boolean refused;

    /** @param refusals receives the status of each refusal that is explained here */
    RequestHeadHandler(Connection connection, RequestGate gate, IntConsumer refusals) {
        this.connection = connection;
        this.gate = gate;
        this.refusals = refusals;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        connection.onSent(this::sent);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (held.isEmpty() && !isNextTooEarly(message)) {
            pass(context, message);
        } else {
            held.add(message);
            connection.holds(cost(message));
        }
    }

    private boolean isNextTooEarly(Object message) {
        return message instanceof HttpRequest && connection.awaitsAnswer();
    }

    private static int cost(Object message) {
        int headers = message instanceof HttpMessage head
                ? head.headers().size()
                : message instanceof LastHttpContent last
                        ? last.trailingHeaders().size()
                        : 0;
        int content = message instanceof HttpContent part ? part.content().readableBytes() : 0;
        return MESSAGE + HEADER * headers + content;
    }

    private void sent() {
        if (!held.isEmpty() || gate.isWaiting()) {
            // As a later task: the handlers that have just written the answer do not accept the next request yet.
            Objects.requireNonNull(context).executor().execute(this::goOn);
        }
    }

    private void goOn() {
        ChannelHandlerContext here = Objects.requireNonNull(context);
        boolean passed = false;
        while (!held.isEmpty() && !isNextTooEarly(held.getFirst())) {
            Object message = held.removeFirst();
            connection.holdsNoMore(cost(message));
            pass(here, message);
            passed = true;
        }
        if (passed) {
            here.fireChannelReadComplete();
            connection.settle();
        }
        gate.passOn();
    }

    private void pass(ChannelHandlerContext context, Object message) {
        if (refused || connection.isOver()) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            connection.headRead();
            if (request.decoderResult().isSuccess()) {
                fault = RequestRules.fault(request);
                if (fault != null) {
                    // The server answers the request and closes the connection.
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
    @SuppressWarnings("FutureReturnValueIgnored") // The caller has the promise.
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean interim = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (message instanceof HttpResponse && !interim && !connection.awaitsAnswer()) {
            // The server refuses a body after the answer. A second one would be taken for the next request's answer.
            ReferenceCountUtil.release(message);
            context.close(promise);
            return;
        }
        boolean ends = message instanceof LastHttpContent && !interim;
        context.write(
                message instanceof FullHttpResponse response && !interim ? explained(response) : message, promise);
        if (ends || interim || message instanceof HttpContent) {
            connection.wrote(promise, ends);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        while (!held.isEmpty()) {
            Object message = held.removeFirst();
            connection.holdsNoMore(cost(message));
            ReferenceCountUtil.release(message);
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
