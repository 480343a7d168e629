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
 * Follows the journal and publishes what it finds there, for ever, in its order.
 *
 * <p>A send that fails ends the run: the producer stops at once, and a new run begins at the oldest record that Kafka has
 * not acknowledged. What had been handed out by then is sent one by one first, because a record that is rejected alone,
 * for a fault of its own, is poison and goes to quarantine; any other failure is waited out. So the first emissions of a
 * key are in order, and only what was in flight can be emitted twice. A record that is larger than its topic takes goes
 * to quarantine at once, without a failed send.
 */
final class Relay implements SmartLifecycle {

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(20);

    /** How often the topics are looked at while records are published. */
    private static final Duration LOOK_AT_TOPICS = Duration.ofSeconds(15);

    /** A run that publishes nothing for so long although Kafka is well is ended; another one heals what it can. */
    private static final Duration STUCK = Duration.ofMinutes(1);

    /** Refusals that no other try can change. */
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
    private final Counter restarts;
    private final KafkaLink link;

    /** Ends the present run with the error that it is given. */
    private final Sinks.Many<Throwable> stuck = Sinks.many().multicast().directBestEffort();

    private volatile Disposable running = Disposables.disposed();

    /** Whether a run has found the topics and has not ended. */
    private volatile boolean connected;

    private volatile long connectedAt;

    /** When the topics were last looked at; this and the others by {@link System#nanoTime}. */
    private volatile long lookedAt;

    private final AtomicInteger failedLooks = new AtomicInteger();

    /** When a record was last published, or there was none, or Kafka had a trouble, or a run ended for being stuck. */
    private volatile long movedAt = System.nanoTime();

    /** Likewise, but for the last. */
    private volatile long wellAt = System.nanoTime();

    /** Of one run at a time; volatile because runs change threads. */
    private volatile Progress progress = new Following(-1);

    /** What has been handed out, and how it is sent. */
    private sealed interface Progress {}

    /** Everything is sent as fast as Kafka takes it; up to this sequence it was handed out, −1 for nothing yet. */
    private record Following(long handedOut) implements Progress {}

    /**
     * What an earlier run handed out, up to this sequence, is sent one by one.
     *
     * @param poison the record that was refused alone and why, {@code null} where none was
     */
    private record OneByOne(long handedOut, @Nullable Poison poison) implements Progress {}

    private record Poison(long sequence, Throwable refusal) {}

    /**
     * What is on its way.
     *
     * @param refused why it goes to quarantine instead of its topic, {@code null} where it does not
     */
    private record Sent(JournaledRecord record, @Nullable String refused) {}

    /** A run that no longer moves. */
    private static final class StuckException extends RuntimeException {}

    /** @param window how far it runs ahead of Kafka's acknowledgements */
    Relay(
            Journal journal,
            KafkaTopics topics,
            SenderOptions<byte[], byte[]> senderOptions,
            Window window,
            KafkaLink link,
            GatewayMetrics metrics) {
        this.journal = journal;
        this.topics = topics;
        this.window = window;
        // Results are worked off where they arise, in the producer's I/O thread: marking a record takes no time.
        this.senderOptions = StopAtFailure.in(senderOptions)
                .maxInFlight(window.records())
                .stopOnError(true)
                .scheduler(Schedulers.immediate())
                .closeTimeout(CLOSE_TIMEOUT);
        this.link = link;
        this.metrics = metrics;
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

    /** Whether records have waited for three times {@link #STUCK}, Kafka is well, and new runs have not healed it. */
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

    /** Once a second: looks at the topics when it is time, or when records are not acknowledged. */
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

    /** Whether Kafka leaves something unacknowledged that it has had for some time. */
    private boolean waits(Backlog backlog) {
        return connected
                && backlog.handedOut() > 0
                && backlog.stalledFor().compareTo(KafkaLink.PATIENCE) > 0
                && System.nanoTime() - connectedAt > KafkaLink.PATIENCE.toNanos();
    }

    /** That nothing moves is not the relay's fault. */
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
        // One look can fail on a busy machine, and a log line that is not true is worse than one that is late.
        if (connected && (waits || (repeated && !publishes))) {
            link.down(failure);
        }
    }

    /** Everything, as fast as Kafka takes it. */
    private Flux<?> follow(KafkaSender<byte[], byte[]> sender) {
        // The sender does not end its source when a send fails.
        Sinks.Empty<Void> failed = Sinks.empty();
        return sender.send(journal.records(window)
                        .takeUntilOther(failed.asMono())
                        .doOnNext(record -> progress = new Following(record.sequence()))
                        .map(this::fitting))
                .doOnNext(this::published)
                .doOnError(failure -> failed.tryEmitEmpty());
    }

    /** What an earlier run handed out, one by one: whatever is rejected now is rejected for a fault of its own. */
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
            if (!isPoison(refusal)) {
                return refusal;
            }
            if (out.topic().equals(Topics.QUARANTINE)) {
                // Nothing is thrown away, so it waits for an operator.
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
        journal.markPublished(sent.record().sequence());
    }

    /** The record itself; its quarantine record where its topic does not take one so large. */
    private SenderRecord<byte[], byte[], Sent> fitting(JournaledRecord at) {
        JournalRecord record = at.record();
        Destination destination = journal.destination();
        if (record.topic().equals(Topics.QUARANTINE) || destination.takes(record)) {
            return senderRecord(record, new Sent(at, null));
        }
        return quarantine(
                at,
                "The record has %,d bytes and topic %s takes %,d (max.message.bytes). Raise that, then send the callback again."
                        .formatted(record.bytes(), record.topic(), destination.largestRecord(record.topic())));
    }

    private SenderRecord<byte[], byte[], Sent> senderRecord(JournalRecord record, Sent sent) {
        SenderRecord<byte[], byte[], Sent> out =
                SenderRecord.create(record.topic(), null, null, record.key(), record.value(), sent);
        for (Header header : record.headers()) {
            out.headers().add(header);
        }
        out.headers()
                .add(RecordHeader.of(
                        Headers.ORIGIN, journal.id() + ':' + sent.record().sequence()));
        return out;
    }

    private SenderRecord<byte[], byte[], Sent> quarantine(JournaledRecord at, String explanation) {
        JournalRecord record = QuarantineRecord.ofRefused(
                at.record(), explanation, UUID.randomUUID().toString());
        return senderRecord(record, new Sent(at, explanation));
    }

    private static boolean isPoison(Throwable failure) {
        return POISON.stream().anyMatch(type -> type.isInstance(failure));
    }
}
