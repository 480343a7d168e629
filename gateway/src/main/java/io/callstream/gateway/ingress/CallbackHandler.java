package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.codec.Reception;
import io.callstream.gateway.codec.Rejection;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.Guard;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Answers every request on the callbacks' port. A callback is answered 200 only once the journal has made it durable.
 *
 * <p>It stands right behind WebFlux' server adapter: routes, codecs and exchanges between them would cost more than all
 * else that is done for a callback. Every answer is written by its connection's own thread: one in some 300 that was
 * written by another was never sent.
 */
final class CallbackHandler implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(CallbackHandler.class);
    private static final String METHODS = "GET, HEAD, OPTIONS, POST";
    private static final Duration SOON = Duration.ofSeconds(1);
    /** Nobody is sent it; other servers' logs know it as the code of a sender that went away. */
    private static final int SENDER_GONE = 499;

    private static final Answer RIGHT_ADDRESS = Answer.text("This is the right address; the platform posts here.\n");

    private final Guard guard;
    private final CallbackDecoder decoder;
    private final Journal journal;
    private final GatewayMetrics metrics;
    private final IngressProperties properties;
    private final Clock clock;
    private final int limit;
    private final Answer accepted;

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
        this.limit = Math.toIntExact(properties.maxBodySize().toBytes());
        this.accepted = Answer.text(properties.reply());
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        long started = System.nanoTime();
        CallbackAddress address = CallbackAddress.of(request.getPath().value());
        if (address == null) {
            return refuse(Problem.of(
                            404,
                            "Nothing is here. The platform posts to /callbacks/extension-status and /callbacks/bill,"
                                    + " below /keys/{secret} where this gateway has a secret."))
                    .writeTo(response);
        }
        return switch (guard.check(address.secret())) {
            case SECRET_MISSING ->
                refuse(Problem.of(
                                401,
                                "This gateway has a secret: enter the address as /keys/{secret}%s."
                                        .formatted(address.path()),
                                HttpHeaders.WWW_AUTHENTICATE,
                                "Address"))
                        .writeTo(response);
            case SECRET_WRONG ->
                refuse(Problem.of(
                                403,
                                "The secret in the address is not this gateway's: compare callstream.security.secret."))
                        .writeTo(response);
            case SECRET_UNEXPECTED ->
                refuse(Problem.of(
                                403, "This gateway has no secret: enter the address as %s.".formatted(address.path())))
                        .writeTo(response);
            case GRANTED -> admitted(request, response, address, started);
        };
    }

    private Mono<Void> admitted(
            ServerHttpRequest request, ServerHttpResponse response, CallbackAddress address, long started) {
        return switch (request.getMethod().name()) {
            case "POST" ->
                post(request, response, address, started)
                        .onErrorResume(this::failed)
                        .flatMap(answer -> answer.writeTo(response));
            case "GET", "HEAD" -> RIGHT_ADDRESS.writeTo(response);
            case "OPTIONS" -> Answer.empty(204, HttpHeaders.ALLOW, METHODS).writeTo(response);
            default ->
                refuse(Problem.of(
                                405,
                                "The platform posts here: use POST, or GET to test the address.",
                                HttpHeaders.ALLOW,
                                METHODS))
                        .writeTo(response);
        };
    }

    private Mono<Answer> post(
            ServerHttpRequest request, ServerHttpResponse response, CallbackAddress address, long started) {
        if (request.getHeaders().getContentLength() > limit) {
            return Mono.just(refuse(tooLarge()));
        }
        HttpServerResponse server = ServerHttpResponseDecorator.getNativeResponse(response);
        EventLoop loop = WholeBody.eventLoop(server);
        return WholeBody.of(request, limit, properties.bodyTimeout(), loop)
                .onErrorMap(failure -> isSenders(failure, server), gone -> new AbortedException(gone))
                .flatMap(body -> server.hasSentHeaders()
                        // After a chunk that it cannot read the server answers by itself, and calls what came before a
                        // whole body.
                        ? Mono.error(new AbortedException("The body broke off"))
                        : accept(request, address, body, started, loop));
    }

    @SuppressWarnings(
            "UnnecessaryMethodReference") // As the service that it is it would make a task to wait for each time.
    private Mono<Answer> accept(
            ServerHttpRequest request, CallbackAddress address, byte[] body, long started, EventLoop loop) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        HttpHeaders headers = request.getHeaders();
        Batch batch = Batch.of(
                body,
                headers.getFirst(HttpHeaders.CONTENT_ENCODING),
                decoder,
                new Reception(now, address.path(), Guard.TENANT, headers.getFirst(HttpHeaders.CONTENT_TYPE)));
        // A sender can go away after its receipt has come and before it is written.
        AtomicBoolean counted = new AtomicBoolean();
        return journal.append(batch.records())
                .doOnCancel(() -> {
                    if (counted.getAndSet(true)) {
                        return;
                    }
                    batch.kinds().forEach(kind -> metrics.callback(kind, "abandoned"));
                    batch.rejected().forEach(item -> metrics.quarantined(item.reason()));
                    metrics.answered(System.nanoTime() - started, now.toEpochMilli());
                })
                .map(receipt -> {
                    if (!counted.getAndSet(true)) {
                        count(batch, receipt);
                        metrics.answered(System.nanoTime() - started, now.toEpochMilli());
                    }
                    return answer(receipt, batch);
                })
                .publishOn(Schedulers.fromExecutor(loop::execute));
    }

    private Answer answer(Receipt receipt, Batch batch) {
        return switch (receipt) {
            case DURABLE ->
                batch.rejected().isEmpty()
                        ? accepted
                        : Answer.of(Problem.undecodable(
                                undecodableStatus(batch.rejected()),
                                batch.records().size(),
                                batch.rejected()));
            case UNKNOWN ->
                Answer.of(Problem.unavailable(
                        "No copy was confirmed in time. What was sent is kept and may still be published: send it again"
                                + " if a repeat does no harm.",
                        SOON));
            case FULL ->
                Answer.of(Problem.unavailable(
                        "The journal has no room: send it again later. Operators: see that Kafka takes its records, and"
                                + " to the disk.",
                        journal.room()));
            case FAILING ->
                Answer.of(Problem.unavailable(
                        "The gateway cannot store callbacks at the moment: send it again later. Operators:"
                                + " /actuator/health and the log say why.",
                        SOON));
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
            case FAILING -> "failing";
        };
        batch.kinds().forEach(kind -> metrics.callback(kind, outcome));
        if (receipt == Receipt.DURABLE || receipt == Receipt.UNKNOWN) {
            batch.rejected().forEach(item -> metrics.quarantined(item.reason()));
        }
    }

    private Mono<Answer> failed(Throwable failure) {
        if (failure instanceof DataBufferLimitException) {
            return Mono.just(refuse(tooLarge()));
        }
        if (failure instanceof TimeoutException) {
            return Mono.just(refuse(Problem.of(
                    408,
                    "The body did not arrive within %d s: send it whole, at once."
                            .formatted(properties.bodyTimeout().toSeconds()),
                    HttpHeaders.CONNECTION,
                    "close")));
        }
        if (failure instanceof AbortedException) {
            metrics.refused(SENDER_GONE);
            // Not an error, which would be logged as the gateway's own: the server cancels once the connection is down.
            return Mono.never();
        }
        LOG.error("A callback could not be taken because of a fault in the gateway", failure);
        return Mono.just(refuse(Problem.unavailable("The gateway met a fault of its own: send it again.", SOON)));
    }

    /** The rest of the body will not come: there is nobody left to answer, or the server has answered already. */
    private static boolean isSenders(Throwable failure, HttpServerResponse server) {
        return failure instanceof IOException || failure instanceof AbortedException || server.hasSentHeaders();
    }

    private Problem tooLarge() {
        return Problem.of(
                413,
                "The body is larger than %d bytes: send fewer callbacks at a time, or raise".formatted(limit)
                        + " callstream.ingress.max-body-size.",
                HttpHeaders.CONNECTION,
                "close");
    }

    private Answer refuse(Problem problem) {
        metrics.refused(problem.status());
        return Answer.of(problem);
    }
}
