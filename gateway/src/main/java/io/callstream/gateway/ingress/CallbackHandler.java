package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.codec.Outcome.CallResult;
import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.codec.Privacy;
import io.callstream.gateway.codec.Reception;
import io.callstream.gateway.ingress.Admission.Verdict;
import io.callstream.gateway.ingress.WholeBody.Outcome;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.metrics.TenantMetrics;
import io.callstream.gateway.security.Guard;
import io.callstream.gateway.security.Tenant;
import io.callstream.gateway.tracing.Tracing;
import io.netty.channel.Channel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Answers every request on the callbacks' port. The answer to a callback is 2xx only after the journal has stored the
 * callback durably, because senders look at the status only.
 *
 * <p>WebFlux' server adapter calls this handler directly. Routes, codecs and exchanges in between would cost more CPU
 * time than all other work for a callback. An answer is made on the event loop of its connection.
 */
final class CallbackHandler implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(CallbackHandler.class);
    private static final Duration SOON = Problem.SOON;
    /** Only a metric's label, never sent. Other servers log this code if a sender closes the connection. */
    private static final int SENDER_GONE = 499;

    private static final String TRACEPARENT = "traceparent";

    private static final Problem OVERLOADED = Problem.unavailable(
            "The gateway has more to do than it can answer in time: send it again later, with fewer callbacks at a time.",
            SOON);

    private final Admission admission;
    private final CallbackDecoder decoder;
    private final Privacy privacy;
    private final FairShares shares;
    private final Journal journal;
    private final GatewayMetrics metrics;
    private final Tracing tracing;
    private final ConnectionDraining draining;
    private final IngressProperties properties;
    private final Clock clock;
    private final int limit;
    private final Answer accepted;

    CallbackHandler(
            Admission admission,
            CallbackDecoder decoder,
            Privacy privacy,
            FairShares shares,
            Journal journal,
            GatewayMetrics metrics,
            Tracing tracing,
            ConnectionDraining draining,
            IngressProperties properties,
            Clock clock) {
        this.admission = admission;
        this.decoder = decoder;
        this.privacy = privacy;
        this.shares = shares;
        this.journal = journal;
        this.metrics = metrics;
        this.tracing = tracing;
        this.draining = draining;
        this.properties = properties;
        this.clock = clock;
        this.limit = Math.toIntExact(properties.maxBodySize().toBytes());
        this.accepted = Answer.text(properties.reply(), Map.of());
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        long started = System.nanoTime();
        Verdict verdict = admission.of(request);
        if (verdict instanceof Verdict.Refused refused) {
            Mono<Void> answer = write(refuse(refused.problem()), request, response);
            return refused.delay().isZero() ? answer : delayed(answer, refused, response);
        }
        Verdict.Admitted admitted = (Verdict.Admitted) verdict;
        Tracing.Request trace = tracing.request(
                request.getMethod().name(),
                admitted.address().path(),
                admitted.tenant().name(),
                request.getHeaders().getFirst(TRACEPARENT));
        return post(request, response, admitted, trace, started)
                .onErrorResume(this::failed)
                .flatMap(answer -> {
                    trace.answered(answer.status().value());
                    return write(answer, request, response);
                });
    }

    private Mono<Void> write(Answer answer, ServerHttpRequest request, ServerHttpResponse response) {
        metrics.request(request.getMethod().name(), answer.status().value());
        if (draining.isOn()) {
            response.getHeaders().set(HttpHeaders.CONNECTION, "close");
        }
        return answer.writeTo(response, HttpMethod.HEAD.equals(request.getMethod()));
    }

    /**
     * Delays an answer. If the connection is to be closed after it, the connection is meanwhile one of the first that
     * are closed for new ones.
     */
    private static Mono<Void> delayed(Mono<Void> answer, Verdict.Refused refused, ServerHttpResponse response) {
        Channel channel = channel(ServerHttpResponseDecorator.getNativeResponse(response));
        if (refused.problem().closesConnection()) {
            Connection connection = Connection.of(channel);
            connection.closing();
            connection.settle();
        }
        return Mono.delay(refused.delay()).publishOn(eventLoop(channel)).then(answer);
    }

    private Mono<Answer> post(
            ServerHttpRequest request,
            ServerHttpResponse response,
            Verdict.Admitted admitted,
            Tracing.Request trace,
            long started) {
        HttpServerResponse server = ServerHttpResponseDecorator.getNativeResponse(response);
        Channel channel = channel(server);
        Connection connection = Connection.of(channel);
        if (connection.loop().isOverloaded(request.getHeaders().getContentLength())) {
            return Mono.just(refuse(OVERLOADED));
        }
        return WholeBody.of(request, limit, connection, shares.receive(admitted.tenant()))
                .flatMap(outcome -> {
                    // After an invalid chunk the server sends its own answer, and reports the bytes before that chunk
                    // as a
                    // complete body.
                    if (outcome instanceof Outcome.BrokenOff || server.hasSentHeaders()) {
                        return gone(request);
                    }
                    if (outcome instanceof Outcome.Whole whole) {
                        // The overload may have started after the head was read.
                        return connection.loop().isOverloaded(whole.bytes().length)
                                ? Mono.just(refuse(OVERLOADED))
                                : accept(request, admitted, whole.bytes(), trace, started, channel);
                    }
                    return Mono.just(refuse(notWhole(outcome)));
                });
    }

    private Problem notWhole(Outcome outcome) {
        if (outcome instanceof Outcome.AboveShare) {
            return FairShares.ABOVE_RECEPTION;
        }
        return outcome instanceof Outcome.GivenUp given ? givenUp(given.reason()) : admission.tooLarge();
    }

    private Mono<Answer> accept(
            ServerHttpRequest request,
            Verdict.Admitted admitted,
            byte[] body,
            Tracing.Request trace,
            long started,
            Channel channel) {
        CallbackAddress address = admitted.address();
        Tenant tenant = admitted.tenant();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        HttpHeaders headers = request.getHeaders();
        String query = request.getURI().getRawQuery();
        long decoding = System.nanoTime();
        Batch batch = Batch.of(
                body,
                decoder(tenant),
                Objects.requireNonNullElse(tenant.privacy(), privacy),
                tenant,
                new Reception(
                        now,
                        address.path(),
                        tenant.name(),
                        headers.getFirst(HttpHeaders.CONTENT_TYPE),
                        headers.getFirst(HttpHeaders.CONTENT_ENCODING),
                        query == null
                                ? null
                                : Guard.withoutSecrets(
                                        query, address.secret(), headers.getFirst(HttpHeaders.AUTHORIZATION))),
                journal.destination(),
                trace);
        Connection.of(channel).loop().worked(System.nanoTime() - decoding);
        if (batch.isTooLargeToKeep()) {
            return Mono.just(refuse(tooLargeForKafka()));
        }
        if (batch.isAboveQuota()) {
            metrics.tenant(tenant.name()).aboveQuarantineQuota(batch.rejectedCount());
        }
        if (batch.records().isEmpty()) {
            // Nothing of it is stored, so there is no receipt to wait for.
            return Mono.just(refuse(undecodable(batch, tenant)));
        }
        if (!shares.mayStore(tenant)) {
            return Mono.just(refuse(shares.aboveJournal()));
        }
        // Prevents a second count: a sender can close the connection between the receipt and the answer.
        AtomicBoolean counted = new AtomicBoolean();
        trace.appending(batch.records());
        return journal.append(batch.records())
                .doOnCancel(() -> {
                    if (!counted.getAndSet(true)) {
                        trace.answered(SENDER_GONE);
                        count(batch, tenant, "abandoned", true);
                        metrics.request(request.getMethod().name(), SENDER_GONE);
                        answered(tenant, started, now);
                    }
                })
                .publishOn(eventLoop(channel))
                .map(receipt -> {
                    trace.appended(receipt);
                    if (receipt.isKept()) {
                        shares.stored(tenant, batch.bytes());
                    }
                    if (!counted.getAndSet(true)) {
                        count(batch, tenant, outcome(receipt), receipt.isKept());
                        if (receipt.isDurable()) {
                            metrics.durable(receipt == Receipt.IN_KAFKA, batch.items());
                        }
                        answered(tenant, started, now);
                    }
                    return answer(receipt, batch, tenant);
                });
    }

    private void answered(Tenant tenant, long started, Instant now) {
        metrics.answered(System.nanoTime() - started);
        metrics.tenant(tenant.name()).received(now.toEpochMilli());
    }

    @SuppressWarnings("UnnecessaryMethodReference") // As an ExecutorService it would create a future for each task.
    private static Scheduler eventLoop(Channel channel) {
        return Schedulers.fromExecutor(channel.eventLoop()::execute);
    }

    private static Channel channel(HttpServerResponse server) {
        AtomicReference<@Nullable Channel> channel = new AtomicReference<>();
        server.withConnection(connection -> channel.set(connection.channel()));
        return Objects.requireNonNull(channel.get());
    }

    private Answer answer(Receipt receipt, Batch batch, Tenant tenant) {
        return switch (receipt) {
            case IN_KAFKA, ON_DISK ->
                batch.listedRejections().isEmpty() ? accepted(tenant) : Answer.of(undecodable(batch, tenant));
            case UNKNOWN ->
                Answer.of(Problem.unavailable(
                        "No copy was confirmed in time. The callback is kept and may still be published: send it again if"
                                + " a repeat does no harm.",
                        SOON));
            case FULL ->
                Answer.of(Problem.unavailable(
                        "The journal is full: send it again later. Operators: check that Kafka accepts records, and the"
                                + " free space of the disk.",
                        journal.retryAfter()));
            case FAILING ->
                Answer.of(Problem.unavailable(
                        "The gateway cannot store callbacks at the moment: send it again later. Operators:"
                                + " /actuator/health and the log say why.",
                        SOON));
        };
    }

    private Answer accepted(Tenant tenant) {
        String reply = tenant.reply();
        return reply == null && tenant.replyHeaders().isEmpty()
                ? accepted
                : Answer.text(reply == null ? properties.reply() : reply, tenant.replyHeaders());
    }

    private CallbackDecoder decoder(Tenant tenant) {
        ZoneId zone = tenant.zone();
        return zone == null ? decoder : new CallbackDecoder(zone);
    }

    private Problem undecodable(Batch batch, Tenant tenant) {
        return Problem.undecodable(
                undecodableStatus(batch, tenant), batch.items(), batch.rejectedCount(), batch.listedRejections());
    }

    private int undecodableStatus(Batch batch, Tenant tenant) {
        String reason = batch.listedRejections().get(0).reason();
        if (reason.equals(Rejection.Reason.UNSUPPORTED_MEDIA_TYPE.code())) {
            return 415;
        }
        if (reason.equals(Rejection.Reason.OTHER_COMPANY.code())) {
            return 403;
        }
        Integer status = tenant.undecodableStatus();
        return status == null ? properties.undecodableStatus() : status;
    }

    private static String outcome(Receipt receipt) {
        return switch (receipt) {
            case IN_KAFKA, ON_DISK -> "durable";
            case UNKNOWN -> "unknown";
            case FULL -> "full";
            case FAILING -> "failing";
        };
    }

    /** @param kept whether the journal contains the batch's records */
    private void count(Batch batch, Tenant tenant, String outcome, boolean kept) {
        TenantMetrics of = metrics.tenant(tenant.name());
        batch.eachAccepted(item -> {
            of.callback(item.kind(), outcome, 1);
            CallResult result = item.result();
            if (kept && result != null) {
                of.bill(result.answered(), result.cause(), result.waitSeconds(), result.talkSeconds());
            }
        });
        if (batch.rejectedCount() == 0) {
            return;
        }
        of.callback(TenantMetrics.UNDECODABLE, outcome, batch.rejectedCount());
        if (kept && !batch.isAboveQuota()) {
            batch.listedRejections().forEach(item -> metrics.quarantined(item.reason(), 1));
            int unlisted = batch.rejectedCount() - batch.listedRejections().size();
            metrics.quarantined(batch.listedRejections().get(0).reason(), unlisted);
        }
    }

    private Mono<Answer> failed(Throwable failure) {
        LOG.error("A callback could not be taken because of a fault in the gateway", failure);
        return Mono.just(refuse(Problem.unavailable("The gateway met a fault of its own: send it again.", SOON)));
    }

    /**
     * Never answers, because the sender has closed the connection or the server has already answered. The server
     * cancels the {@code Mono} when the connection is closed.
     */
    private Mono<Answer> gone(ServerHttpRequest request) {
        metrics.refused(SENDER_GONE);
        metrics.request(request.getMethod().name(), SENDER_GONE);
        return Mono.never();
    }

    private Problem givenUp(ConnectionMetrics.Reason reason) {
        return reason == ConnectionMetrics.Reason.BODY_TIMEOUT
                ? Problem.of(
                        408,
                        "The body did not arrive within %d s: send it whole, at once."
                                .formatted(properties.bodyTimeout().toSeconds()),
                        HttpHeaders.CONNECTION,
                        "close")
                : Problem.unavailable(
                        "The gateway is receiving more bodies than it can hold, and this one did not get on: send it"
                                + " again, whole, at once.",
                        SOON,
                        HttpHeaders.CONNECTION,
                        "close");
    }

    private static Problem tooLargeForKafka() {
        return Problem.of(
                413,
                "The body is larger than a record of topic calls.quarantine may be: send fewer callbacks at a time, or"
                        + " raise max.message.bytes of the topics.");
    }

    private Answer refuse(Problem problem) {
        metrics.refused(problem.status());
        return Answer.of(problem);
    }
}
