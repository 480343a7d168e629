package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.codec.Reception;
import io.callstream.gateway.codec.Rejection;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.Guard;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Answers every request on the callbacks' port. A callback is answered 200 only once the journal has made it durable.
 */
final class CallbackHandler {

    private static final Logger LOG = LoggerFactory.getLogger(CallbackHandler.class);
    private static final String METHODS = "GET, HEAD, OPTIONS, POST";
    private static final Duration SOON = Duration.ofSeconds(1);
    /** Nobody is sent it; other servers' logs know it as the code of a sender that went away. */
    private static final int SENDER_GONE = 499;

    private static final MediaType PROBLEM = MediaType.parseMediaType(Problem.MEDIA_TYPE);

    private final Guard guard;
    private final CallbackDecoder decoder;
    private final Journal journal;
    private final GatewayMetrics metrics;
    private final IngressProperties properties;
    private final Clock clock;

    CallbackHandler(
            Guard guard,
            CallbackDecoder decoder,
            Journal journal,
            GatewayMetrics metrics,
            IngressProperties properties,
            Clock clock) {
        this.guard = guard;
        this.decoder = decoder;
        this.journal = journal;
        this.metrics = metrics;
        this.properties = properties;
        this.clock = clock;
    }

    Mono<ServerResponse> handle(ServerRequest request) {
        long started = System.nanoTime();
        CallbackAddress address = CallbackAddress.of(request.requestPath().value());
        if (address == null) {
            return refuse(Problem.of(
                    404,
                    "Nothing is here. The platform posts to /callbacks/extension-status and /callbacks/bill, below"
                            + " /keys/{secret} where this gateway has a secret."));
        }
        return switch (guard.check(address.secret())) {
            case SECRET_MISSING ->
                refuse(Problem.of(
                        401,
                        "This gateway has a secret: enter the address as /keys/{secret}%s.".formatted(address.path()),
                        HttpHeaders.WWW_AUTHENTICATE,
                        "Address"));
            case SECRET_WRONG ->
                refuse(Problem.of(
                        403, "The secret in the address is not this gateway's: compare callstream.security.secret."));
            case SECRET_UNEXPECTED ->
                refuse(Problem.of(
                        403, "This gateway has no secret: enter the address as %s.".formatted(address.path())));
            case GRANTED -> admitted(request, address, started);
        };
    }

    private Mono<ServerResponse> admitted(ServerRequest request, CallbackAddress address, long started) {
        return switch (request.method().name()) {
            case "POST" -> Mono.defer(() -> post(request, address, started)).onErrorResume(this::failed);
            case "GET", "HEAD" ->
                ServerResponse.ok().bodyValue("This is the right address; the platform posts here.\n");
            case "OPTIONS" ->
                ServerResponse.noContent().header(HttpHeaders.ALLOW, METHODS).build();
            default ->
                refuse(Problem.of(
                        405,
                        "The platform posts here: use POST, or GET to test the address.",
                        HttpHeaders.ALLOW,
                        METHODS));
        };
    }

    private Mono<ServerResponse> post(ServerRequest request, CallbackAddress address, long started) {
        int limit = Math.toIntExact(properties.maxBodySize().toBytes());
        if (request.headers().contentLength().orElse(0) > limit) {
            return refuse(tooLarge());
        }
        return DataBufferUtils.join(request.exchange().getRequest().getBody(), limit)
                .map(CallbackHandler::bytes)
                .defaultIfEmpty(new byte[0])
                .timeout(properties.bodyTimeout())
                .onErrorMap(failure -> isSenders(failure, request), gone -> new AbortedException(gone))
                .filter(body -> !isAnswered(request))
                .switchIfEmpty(Mono.error(() -> new AbortedException("The body broke off")))
                .flatMap(body -> accept(request, address, body, started));
    }

    private Mono<ServerResponse> accept(ServerRequest request, CallbackAddress address, byte[] body, long started) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        HttpHeaders headers = request.headers().asHttpHeaders();
        String contentType = headers.getFirst(HttpHeaders.CONTENT_TYPE);
        Batch batch = Batch.of(
                body,
                headers.getFirst(HttpHeaders.CONTENT_ENCODING),
                decoder,
                new Reception(now, address.path(), Guard.TENANT, contentType));
        return journal.append(batch.records())
                .doOnNext(receipt -> count(batch, receipt))
                .doFinally(end -> {
                    if (end == SignalType.CANCEL) {
                        batch.kinds().forEach(kind -> metrics.callback(kind, "abandoned"));
                        batch.rejected().forEach(item -> metrics.quarantined(item.reason()));
                    }
                    metrics.answered(System.nanoTime() - started, now.toEpochMilli());
                })
                // Back to the connection's own thread: an answer written from another can overtake the end of its
                // request.
                .publishOn(eventLoop(request))
                .flatMap(receipt -> answer(receipt, batch));
    }

    private Mono<ServerResponse> answer(Receipt receipt, Batch batch) {
        return switch (receipt) {
            case DURABLE ->
                batch.rejected().isEmpty()
                        ? ServerResponse.ok().contentType(MediaType.TEXT_PLAIN).bodyValue(properties.reply())
                        : respond(Problem.undecodable(
                                undecodableStatus(batch.rejected()),
                                batch.records().size(),
                                batch.rejected()));
            case UNKNOWN ->
                respond(Problem.unavailable(
                        "No copy was confirmed in time. What was sent is kept and may still be published: send it again"
                                + " if a repeat does no harm.",
                        SOON));
            case FULL ->
                respond(Problem.unavailable(
                        "The journal has no room: send it again later. Operators: see that Kafka takes its records, and"
                                + " to the disk.",
                        journal.room()));
        };
    }

    private int undecodableStatus(List<Problem.Rejected> rejected) {
        boolean unsupported = rejected.get(0).reason().equals(Rejection.Reason.UNSUPPORTED_MEDIA_TYPE.code());
        return unsupported ? 415 : properties.undecodableStatus();
    }

    private void count(Batch batch, Receipt receipt) {
        String outcome = switch (receipt) {
            case DURABLE -> "durable";
            case UNKNOWN -> "unknown";
            case FULL -> "full";
        };
        batch.kinds().forEach(kind -> metrics.callback(kind, outcome));
        if (receipt != Receipt.FULL) {
            batch.rejected().forEach(item -> metrics.quarantined(item.reason()));
        }
    }

    private Mono<ServerResponse> failed(Throwable failure) {
        if (failure instanceof DataBufferLimitException) {
            return refuse(tooLarge());
        }
        if (failure instanceof TimeoutException) {
            return refuse(Problem.of(
                    408,
                    "The body did not arrive within %d s: send it whole, at once."
                            .formatted(properties.bodyTimeout().toSeconds()),
                    HttpHeaders.CONNECTION,
                    "close"));
        }
        if (failure instanceof AbortedException) {
            metrics.refused(SENDER_GONE);
            // Not an error, which would be logged as the gateway's own: the server cancels once the connection is down.
            return Mono.never();
        }
        LOG.error("A callback could not be taken because of a fault in the gateway", failure);
        return refuse(Problem.unavailable("The gateway met a fault of its own: send it again.", SOON));
    }

    /** The rest of the body will not come: there is nobody left to answer, or the server has answered already. */
    private static boolean isSenders(Throwable failure, ServerRequest request) {
        return failure instanceof IOException || failure instanceof AbortedException || isAnswered(request);
    }

    private static Scheduler eventLoop(ServerRequest request) {
        AtomicReference<Scheduler> loop = new AtomicReference<>(Schedulers.immediate());
        response(request)
                .withConnection(connection ->
                        loop.set(Schedulers.fromExecutor(connection.channel().eventLoop())));
        return Objects.requireNonNull(loop.get());
    }

    /** After a chunk that it cannot read the server answers by itself, and calls what came before a whole body. */
    private static boolean isAnswered(ServerRequest request) {
        return response(request).hasSentHeaders();
    }

    private static HttpServerResponse response(ServerRequest request) {
        return ServerHttpResponseDecorator.getNativeResponse(request.exchange().getResponse());
    }

    private Problem tooLarge() {
        return Problem.of(
                413,
                "The body is larger than %d bytes: send fewer callbacks at a time, or raise"
                                .formatted(properties.maxBodySize().toBytes())
                        + " callstream.ingress.max-body-size.",
                HttpHeaders.CONNECTION,
                "close");
    }

    private Mono<ServerResponse> refuse(Problem problem) {
        metrics.refused(problem.status());
        return respond(problem);
    }

    private static Mono<ServerResponse> respond(Problem problem) {
        return ServerResponse.status(problem.status())
                .headers(headers -> problem.headers().forEach(headers::set))
                .contentType(PROBLEM)
                .bodyValue(problem.json());
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }
}
