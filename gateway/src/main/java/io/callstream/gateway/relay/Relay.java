package io.callstream.gateway.relay;

import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.codec.QuarantineRecord;
import io.callstream.gateway.journal.Backlog;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.RecordHeader;
import io.callstream.gateway.journal.Window;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.tracing.Tracing;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Topics;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
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
 * Publishes the journal's records to Kafka, in their order, until the gateway stops.
 *
 * <p>A failed send ends the run: the producer is closed immediately, and a new run starts at the oldest record that
 * Kafka has not acknowledged. The new run first sends the records that were already handed out, one by one. If Kafka
 * rejects such a record for an error of the record itself, the record is poison and is quarantined. Every other failure
 * is retried until it is over. A record that is larger than its topic's limit is quarantined without a send.
 *
 * <p>So the first copies of a key's records are in order, and only records in flight can be published twice.
 */
final class Relay implements SmartLifecycle {

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(20);

    /** How often the topics are checked while records are published. */
    private static final Duration LOOK_AT_TOPICS = Duration.ofSeconds(15);

    /** A run that publishes nothing for this long although Kafka is well is ended, and a new run starts. */
    private static final Duration STUCK = Duration.ofMinutes(1);

    /** Kafka's errors for which a retry is useless. */
    private static final List<Class<? extends Exception>> POISON = List.of(
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class,
            InvalidRecordException.class,
            InvalidTimestampException.class);

    private final Journal journal;
    private final KafkaTopics topics;
    private final SenderOptions<byte[], byte[]> senderOptions;
    private final Window window;
    private final GatewayMetrics metrics;
    private final Tracing tracing;
    private final Counter restarts;
    private final KafkaLink link;

    /** An error that is emitted here ends the current run. */
    private final Sinks.Many<Throwable> stuck = Sinks.many().multicast().directBestEffort();

    private volatile Disposable running = Disposables.disposed();

    /** Whether the current run has found the topics and has not ended. */
    private volatile boolean connected;

    private volatile long connectedAt;

    /** When the topics were last checked. All times here are of {@link System#nanoTime}. */
    private volatile long lookedAt;

    private final AtomicInteger failedLooks = new AtomicInteger();

    /**
     * The last time at which a record was published, or the lack of progress was not the relay's fault: nothing was
     * handed out, or Kafka was not well. The end of a stuck run counts too.
     */
    private volatile long movedAt = System.nanoTime();

    /** The same time as {@link #movedAt}, except that the end of a stuck run does not count. */
    private volatile long wellAt = System.nanoTime();

    /** Only one run at a time uses it. Volatile, because a run changes threads. */
    private volatile Progress progress = new Following(-1);

    /** How far records were handed out, and how they are sent. */
    private sealed interface Progress {}

    /**
     * Records are sent as fast as Kafka accepts them.
     *
     * @param handedOut the last sequence that was handed out, −1 for none
     */
    private record Following(long handedOut) implements Progress {}

    /**
     * The records that an earlier run handed out are sent one by one.
     *
     * @param handedOut the last sequence that an earlier run handed out
     * @param poison the record that Kafka rejected when it was sent alone; {@code null} if there is none
     */
    private record OneByOne(long handedOut, @Nullable Poison poison) implements Progress {}

    private record Poison(long sequence, Throwable refusal) {}

    /**
     * A record that was handed to the producer.
     *
     * @param refused why it is quarantined; {@code null} if it is sent to its own topic
     */
    private record Sent(JournaledRecord record, @Nullable String refused, Tracing.Send trace) {}

    /** A run made no progress although Kafka is well. */
    private static final class StuckException extends RuntimeException {}

    /** @param window how far the relay may run ahead of Kafka's acknowledgements */
    Relay(
            Journal journal,
            KafkaTopics topics,
            SenderOptions<byte[], byte[]> senderOptions,
            Window window,
            KafkaLink link,
            GatewayMetrics metrics,
            Tracing tracing) {
        this.journal = journal;
        this.topics = topics;
        this.window = window;
        // Results are handled on the producer's I/O thread, where they arise: marking a record as published is fast.
        this.senderOptions = StopAtFailure.in(senderOptions)
                .maxInFlight(window.records())
                .stopOnError(true)
                .scheduler(Schedulers.immediate())
                .closeTimeout(CLOSE_TIMEOUT);
        this.link = link;
        this.metrics = metrics;
        this.tracing = tracing;
        this.restarts = metrics.relayRestarts();
        metrics.relay(
                window.bytes(),
                () -> journal.backlog().handedOut(),
                () -> journal.backlog().handedOutBytes(),
                link::isUp);
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
                        .concatMap(tick -> watch(), 1)
                        .subscribe());
    }

    /**
     * Waits until all records are published, but only for {@link #LAST_WAIT}: if Kafka is unavailable, this could take
     * forever.
     */
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

    /** The web server has a higher phase, so it starts after the relay and stops before it. */
    @Override
    public int getPhase() {
        return 0;
    }

    /**
     * Whether records have waited for three times {@link #STUCK} although Kafka is well. New runs have not helped then.
     */
    boolean isStuck() {
        return isRunning() && System.nanoTime() - wellAt > 3 * STUCK.toNanos();
    }

    private Mono<Void> run() {
        return topics.ensure()
                .doOnNext(found -> {
                    found(found);
                    connectedAt = System.nanoTime();
                    connected = true;
                })
                .thenMany(Flux.usingWhen(
                        Mono.fromSupplier(() -> KafkaSender.create(senderOptions)),
                        sender -> retry(sender).thenMany(Flux.defer(() -> follow(sender))),
                        sender -> Mono.fromRunnable(sender::close).subscribeOn(Schedulers.boundedElastic())))
                .takeUntilOther(stuck.asFlux().next().flatMap(Mono::error))
                .then()
                .doOnError(this::stopped);
    }

    private void found(KafkaTopics.Found found) {
        lookedAt = System.nanoTime();
        failedLooks.set(0);
        journal.destination(found.destination());
        link.found(found, journal.durability());
    }

    private void stopped(Throwable failure) {
        connected = false;
        if (progress instanceof Following following && following.handedOut >= 0) {
            progress = new OneByOne(following.handedOut, null);
        }
        restarts.increment();
        if (isRunning() && !isPoison(failure) && !(failure instanceof StuckException)) {
            link.down(failure);
        }
    }

    /** Runs every second. Checks the topics if a check is due, or if records are not acknowledged. */
    private Mono<Void> watch() {
        link.logQuarantined();
        Backlog backlog = journal.backlog();
        if (backlog.records() == 0 || !connected || backlog.handedOut() == 0) {
            excused();
        }
        boolean waits = waits(backlog);
        if (!waits) {
            link.acknowledges();
        }
        boolean isDue = System.nanoTime() - lookedAt >= LOOK_AT_TOPICS.toNanos();
        boolean isSuspect = waits || !link.isUp() || failedLooks.get() > 0;
        if (!connected || !(isDue || isSuspect)) {
            return Mono.empty();
        }
        return topics.ensure()
                .doOnNext(found -> {
                    found(found);
                    if (connected) {
                        link.up();
                    }
                    if (waits && waits(journal.backlog())) {
                        judge(found.troubles());
                    }
                })
                .then()
                .onErrorResume(failure -> {
                    lookFailed(waits, failure);
                    return Mono.empty();
                });
    }

    /** Whether Kafka has left handed-out records unacknowledged for longer than {@link KafkaLink#PATIENCE}. */
    private boolean waits(Backlog backlog) {
        return connected
                && backlog.handedOut() > 0
                && backlog.stalledFor().compareTo(KafkaLink.PATIENCE) > 0
                && System.nanoTime() - connectedAt > KafkaLink.PATIENCE.toNanos();
    }

    /** The relay is not to blame for any lack of progress so far. */
    private void excused() {
        movedAt = System.nanoTime();
        wellAt = movedAt;
    }

    private void judge(List<String> troubles) {
        link.stalled(troubles);
        Duration unmoved = Duration.ofNanos(System.nanoTime() - movedAt);
        if (!troubles.isEmpty()) {
            excused();
        } else if (unmoved.compareTo(STUCK) > 0) {
            link.restarted(unmoved);
            movedAt = System.nanoTime();
            stuck.tryEmitNext(new StuckException());
        }
    }

    private void lookFailed(boolean waits, Throwable failure) {
        boolean publishes = System.nanoTime() - movedAt < KafkaLink.PATIENCE.toNanos()
                && journal.backlog().records() > 0;
        excused();
        boolean repeated = failedLooks.incrementAndGet() > 1;
        // One check can fail on a busy machine. A late log line is better than a false one.
        if (connected && (waits || (repeated && !publishes))) {
            link.down(failure);
        }
    }

    /** Sends all records as fast as Kafka accepts them. */
    private Flux<?> follow(KafkaSender<byte[], byte[]> sender) {
        // The sender does not cancel its source when a send fails.
        Sinks.Empty<Void> failed = Sinks.empty();
        return sender.send(journal.records(window)
                        .takeUntilOther(failed.asMono())
                        .doOnNext(record -> progress = new Following(record.sequence()))
                        .map(this::fitting))
                .doOnNext(this::published)
                .doOnError(failure -> failed.tryEmitEmpty());
    }

    /**
     * Sends the records that an earlier run handed out one by one. If Kafka rejects one of them now, the record itself
     * is the reason.
     */
    private Mono<Void> retry(KafkaSender<byte[], byte[]> sender) {
        return !(progress instanceof OneByOne earlier)
                ? Mono.empty()
                : journal.records(window)
                        .takeUntil(record -> record.sequence() >= earlier.handedOut)
                        .concatMap(record -> sendAlone(sender, record, earlier), 0)
                        .then(Mono.fromRunnable(() -> progress = new Following(earlier.handedOut)));
    }

    private Mono<Void> sendAlone(KafkaSender<byte[], byte[]> sender, JournaledRecord record, OneByOne earlier) {
        Poison found = earlier.poison;
        Throwable refused = found != null && found.sequence() == record.sequence() ? found.refusal() : null;
        SenderRecord<byte[], byte[], Sent> out = refused == null
                ? fitting(record)
                : quarantine(
                        record,
                        "Kafka rejected the record for topic %s: %s"
                                .formatted(record.record().topic(), refused.getMessage()));
        return sender.send(Mono.just(out)).doOnNext(this::published).then().onErrorMap(refusal -> {
            out.correlationMetadata().trace().failed(refusal);
            if (!isPoison(refusal)) {
                return refusal;
            }
            if (out.topic().equals(Topics.QUARANTINE)) {
                // The gateway discards nothing, so the record waits for an operator.
                return new KafkaLink.QuarantineRefusedException(refusal);
            }
            progress = new OneByOne(earlier.handedOut, new Poison(record.sequence(), refusal));
            return refusal;
        });
    }

    private void published(SenderResult<Sent> result) {
        Sent sent = result.correlationMetadata();
        excused();
        if (!link.isUp()) {
            link.up();
        }
        if (sent.refused() != null) {
            metrics.quarantined(Rejection.Reason.REFUSED_BY_KAFKA.code(), 1);
            link.quarantined(sent.refused());
        }
        sent.trace()
                .published(
                        result.recordMetadata().partition(),
                        result.recordMetadata().offset());
        journal.markPublished(sent.record().sequence());
    }

    /** Returns the record itself, or its quarantine record if it is larger than its topic's limit. */
    private SenderRecord<byte[], byte[], Sent> fitting(JournaledRecord at) {
        JournalRecord record = at.record();
        Destination destination = journal.destination();
        if (record.topic().equals(Topics.QUARANTINE) || destination.takes(record)) {
            return senderRecord(record, at, null);
        }
        return quarantine(
                at,
                "The record has %,d bytes and topic %s takes %,d (max.message.bytes). Raise that, then send the callback again."
                        .formatted(record.bytes(), record.topic(), destination.largestRecord(record.topic())));
    }

    private SenderRecord<byte[], byte[], Sent> senderRecord(
            JournalRecord record, JournaledRecord at, @Nullable String refused) {
        SenderRecord<byte[], byte[], Sent> out = SenderRecord.create(
                record.topic(), null, null, record.key(), record.value(), new Sent(at, refused, tracing.send(record)));
        for (Header header : record.headers()) {
            out.headers().add(header);
        }
        out.headers().add(RecordHeader.of(Headers.ORIGIN, journal.id() + ':' + at.sequence()));
        return out;
    }

    private SenderRecord<byte[], byte[], Sent> quarantine(JournaledRecord at, String explanation) {
        JournalRecord record = QuarantineRecord.ofRefused(
                at.record(), explanation, UUID.randomUUID().toString());
        return senderRecord(record, at, explanation);
    }

    private static boolean isPoison(Throwable failure) {
        return POISON.stream().anyMatch(type -> type.isInstance(failure));
    }
}
