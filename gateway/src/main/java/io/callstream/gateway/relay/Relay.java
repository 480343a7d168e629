package io.callstream.gateway.relay;

import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Topics;
import io.micrometer.core.instrument.Counter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderOptions;
import reactor.kafka.sender.SenderRecord;
import reactor.kafka.sender.SenderResult;
import reactor.util.retry.Retry;

/**
 * Follows the journal and publishes what it finds there, for ever, in its order.
 *
 * <p>A send that fails ends the run: the producer stops at once, and a new run begins at the oldest record that Kafka has
 * not acknowledged. What had been handed out by then goes out one by one first, because a record that is refused alone,
 * for a fault of its own, is poison and goes to quarantine; any other failure is waited out. So the first emissions of a
 * key are in order, and only what was in flight can be emitted twice.
 */
final class Relay implements SmartLifecycle {

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final String REFUSED = "refused-by-kafka";

    /** Refusals that no other try can change. */
    private static final List<Class<? extends Exception>> POISON = List.of(
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class,
            InvalidRecordException.class,
            InvalidTimestampException.class);

    private final Journal journal;
    private final KafkaTopics topics;
    private final SenderOptions<byte[], byte[]> senderOptions;
    private final int window;
    private final GatewayMetrics metrics;
    private final Counter restarts;
    private final KafkaLink link;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile Disposable running = Disposables.disposed();

    // Of one run at a time; volatile because runs change threads.
    private volatile long lastHandedOut = -1;
    private volatile boolean mending;
    private volatile @Nullable Poison poison;

    /** A record that was refused alone, and why. */
    private record Poison(long sequence, Throwable refusal) {}

    Relay(
            Journal journal,
            KafkaTopics topics,
            SenderOptions<byte[], byte[]> senderOptions,
            KafkaLink link,
            GatewayMetrics metrics) {
        this.journal = journal;
        this.topics = topics;
        this.window = senderOptions.maxInFlight();
        // Results are worked off where they arise, in the producer's I/O thread: marking a record takes no time.
        this.senderOptions = senderOptions
                .stopOnError(true)
                .scheduler(Schedulers.immediate())
                .closeTimeout(CLOSE_TIMEOUT);
        this.link = link;
        this.metrics = metrics;
        this.restarts = metrics.relayRestarts();
        metrics.relay(inFlight::get, link::isUp);
    }

    @Override
    public void start() {
        running = Disposables.composite(
                Mono.defer(this::run)
                        .retryWhen(Retry.from(failures -> failures.concatMap(
                                signal -> isPoison(signal.failure()) ? Mono.just(0L) : Mono.delay(PAUSE))))
                        .subscribe(),
                Flux.interval(PAUSE)
                        .onBackpressureDrop()
                        .subscribe(tick -> link.waiting(journal.backlog().oldestAge())));
    }

    /** Waits for what was accepted to be published, but not for long: with Kafka away it would be for ever. */
    @Override
    public void stop() {
        Flux.interval(Duration.ZERO, LOOK)
                .takeUntil(tick -> journal.backlog().records() == 0)
                .then()
                .timeout(LAST_WAIT, Mono.empty())
                .block();
        running.dispose();
    }

    @Override
    public boolean isRunning() {
        return !running.isDisposed();
    }

    /** Up before the web server, which has the highest phases, and down after it. */
    @Override
    public int getPhase() {
        return 0;
    }

    private Mono<Void> run() {
        return topics.ensure()
                .doOnNext(this::connected)
                .thenMany(Flux.usingWhen(
                        Mono.fromSupplier(() -> KafkaSender.create(new StoppingProducer.Factory(), senderOptions)),
                        sender -> mend(sender).thenMany(Flux.defer(() -> follow(sender))),
                        sender -> Mono.fromRunnable(sender::close).subscribeOn(Schedulers.boundedElastic())))
                .then()
                .doOnError(this::stopped);
    }

    private void connected(KafkaTopics.Replication found) {
        journal.acknowledgementCounts(found.survivesABroker());
        link.up(found, journal.restsOn());
    }

    private void stopped(Throwable failure) {
        mending = lastHandedOut >= 0;
        inFlight.set(0);
        restarts.increment();
        if (isRunning() && !isPoison(failure)) {
            link.down(failure);
        }
    }

    /** Everything, as fast as Kafka takes it. */
    private Flux<?> follow(KafkaSender<byte[], byte[]> sender) {
        // The sender does not end its source when a send fails.
        Sinks.Empty<Void> failed = Sinks.empty();
        return sender.send(journal.records(window)
                        .takeUntilOther(failed.asMono())
                        .doOnNext(this::handOut)
                        .map(record -> senderRecord(record.record(), record.sequence())))
                .doOnNext(this::published)
                .doOnError(failure -> failed.tryEmitEmpty());
    }

    /** What an earlier run handed out, one by one: whatever is refused now is refused for itself. */
    private Mono<Void> mend(KafkaSender<byte[], byte[]> sender) {
        return !mending
                ? Mono.empty()
                : journal.records(window)
                        .takeUntil(record -> record.sequence() >= lastHandedOut)
                        .concatMap(record -> sendAlone(sender, record), 0)
                        .then(Mono.fromRunnable(() -> mending = false));
    }

    private Mono<Void> sendAlone(KafkaSender<byte[], byte[]> sender, JournaledRecord record) {
        Poison found = poison;
        Throwable refused = found != null && found.sequence() == record.sequence() ? found.refusal() : null;
        JournalRecord out = refused == null ? record.record() : quarantine(record.record(), refused);
        inFlight.incrementAndGet();
        return sender.send(Mono.just(senderRecord(out, record.sequence())))
                .doOnNext(this::published)
                .then()
                .doOnSuccess(done -> {
                    if (refused != null) {
                        metrics.quarantined(REFUSED);
                        link.quarantined(refused);
                    }
                })
                .onErrorMap(refusal -> {
                    if (!isPoison(refusal)) {
                        return refusal;
                    }
                    if (refused != null) {
                        // Not even quarantine takes it; nothing is thrown away, so this is for people to mend.
                        return new KafkaLink.QuarantineRefusedException(refusal);
                    }
                    poison = new Poison(record.sequence(), refusal);
                    return refusal;
                });
    }

    private void handOut(JournaledRecord record) {
        lastHandedOut = record.sequence();
        inFlight.incrementAndGet();
    }

    private void published(SenderResult<Long> result) {
        inFlight.decrementAndGet();
        journal.published(result.correlationMetadata());
    }

    private SenderRecord<byte[], byte[], Long> senderRecord(JournalRecord record, long sequence) {
        SenderRecord<byte[], byte[], Long> out =
                SenderRecord.create(record.topic(), null, null, record.key(), record.value(), sequence);
        for (Header header : record.headers()) {
            out.headers().add(header);
        }
        out.headers().add(header(Headers.ORIGIN, journal.id() + ':' + sequence));
        return out;
    }

    private static JournalRecord quarantine(JournalRecord poison, Throwable refusal) {
        List<Header> headers = new ArrayList<>(poison.headers());
        headers.add(header(Headers.QUARANTINE_ID, UUID.randomUUID().toString()));
        headers.add(header(Headers.REASON, REFUSED));
        headers.add(header(
                Headers.EXPLANATION,
                "%s refused the record for itself: %s".formatted(poison.topic(), refusal.getMessage())));
        for (Header header : poison.headers()) {
            if (header.key().equals(Headers.CE_TIME)) {
                headers.add(new RecordHeader(Headers.RECEIVED_AT, header.value()));
            }
        }
        return new JournalRecord(Topics.QUARANTINE, poison.key(), headers, poison.value());
    }

    private static boolean isPoison(Throwable failure) {
        return POISON.stream().anyMatch(type -> type.isInstance(failure));
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
