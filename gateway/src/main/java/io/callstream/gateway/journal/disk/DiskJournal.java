package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.Backlog;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.journal.Durability;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.journal.Window;
import io.callstream.gateway.journal.files.BacklogReader;
import io.callstream.gateway.journal.files.Damaged;
import io.callstream.gateway.journal.files.JournalFolder;
import io.callstream.gateway.journal.files.Segments;
import io.callstream.gateway.journal.files.Storage;
import io.callstream.gateway.journal.queue.Append;
import io.callstream.gateway.journal.queue.Entry;
import io.callstream.gateway.journal.queue.Outlet;
import io.callstream.gateway.journal.queue.Ring;
import io.callstream.gateway.metrics.GatewayMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A journal in a folder of segments: records survive the end of the process until Kafka has acknowledged them.
 *
 * <p>Opens the folder, owns the lock and implements {@link Journal}. It has three threads: one runs the {@link Writer},
 * one the {@link Loader}, and the clock thread runs {@link Deadlines}. One lock guards the state that they share with
 * the callers. No file is read, written or fsynced under the lock, except the cursor, which is mapped memory.
 *
 * <p>An append becomes durable with its fsync or with Kafka's acknowledgement, whichever is first; the
 * acknowledgement counts only if it is durable. {@link Writer} writes again what a failed fsync leaves unsafe.
 */
final class DiskJournal implements Journal, AutoCloseable {

    /** How often the loader thread checks the disk. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Storage storage;
    private final Limits limits;
    private final Threads threads;
    private final OperatorMessages messages;
    private final JournalFolder folder;
    private final Segments segments;
    private final Outlet outlet = new Outlet(this::rewind, this::next);

    /** Guards {@code held}, {@code earlier}, {@code handOut} and {@code policy}. */
    private final Object lock = new Object();

    private final HeldRecords held;
    private final EarlierRuns earlier;
    private final HandOut handOut;
    private final SyncPolicy policy;

    private final Writer writer;
    private final Loader loader;
    private final Deadlines deadlines;
    private final DiskWatch watch;

    /** Written under the lock. */
    private volatile Destination destination = Destination.UNKNOWN;

    private volatile boolean closing;

    /**
     * Opens the folder and accepts appends immediately. Meanwhile the loader thread counts the records of earlier runs.
     *
     * @throws IOException if the folder cannot be used, or a later release has written it
     */
    DiskJournal(Storage storage, Limits limits, Threads threads, GatewayMetrics metrics) throws IOException {
        this.storage = storage;
        this.limits = limits;
        this.threads = threads;
        this.messages = new OperatorMessages(metrics);
        this.folder = JournalFolder.open(storage, limits.segmentBytes());
        this.segments = folder.segments();
        if (folder.identityWasLost()) {
            messages.identityLost();
        }
        if (folder.cursor().isDamaged()) {
            messages.cursorLost();
        }
        long now = threads.nanoTime();
        boolean isNew = segments.after(null) == null;
        this.held = new HeldRecords(limits.memory(), folder.end());
        this.earlier = new EarlierRuns(folder.end(), isNew, now);
        this.policy = new SyncPolicy(limits.kafkaWithin());
        this.handOut = new HandOut(held, earlier, folder.cursor(), this::fetch, now);
        this.writer = new Writer(
                lock,
                held,
                handOut,
                policy,
                segments,
                folder.cursor(),
                limits.memory(),
                outlet::drain,
                threads,
                metrics.journalSync(),
                messages);
        this.loader = new Loader(
                lock,
                held,
                handOut,
                earlier,
                segments,
                new BacklogReader(segments, new Damaged(storage, segments, messages::damaged)),
                outlet::drain,
                threads,
                messages);
        this.deadlines = new Deadlines(lock, held, writer, threads, limits.answerWithin());
        this.watch = new DiskWatch(storage, segments, limits.freeFloor(), messages);
        if (!isNew) {
            loader.count(folder.cursor().position(), writer::signal);
        }
        metrics.journalMemory(limits.memory(), this::memoryBytes);
        metrics.journalDisk(limits.freeFloor(), watch::freeBytes);
        watch.look();
        threads.clock()
                .schedulePeriodically(
                        deadlines::tick, Deadlines.TICK.toMillis(), Deadlines.TICK.toMillis(), TimeUnit.MILLISECONDS);
        threads.loader().schedulePeriodically(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public String id() {
        return folder.identity().id();
    }

    // ---- appending

    @Override
    public Mono<Receipt> append(List<JournalRecord> records) {
        return Mono.create(answer -> append(records, answer));
    }

    private void append(List<JournalRecord> records, MonoSink<Receipt> answer) {
        Append append = new Append(answer, records.size());
        Receipt refusal = enter(records, append);
        if (refusal == null) {
            answer.onDispose(append::forget);
            writer.signal();
        } else {
            append.complete(refusal);
        }
    }

    /** Appends the records. Returns {@code null} on success, otherwise the reason why nothing was appended. */
    private @Nullable Receipt enter(List<JournalRecord> records, Append append) {
        long size = Ring.size(records);
        long reserve = held.reserve(size);
        synchronized (lock) {
            handOut.evict(limits.memory() - reserve);
            if (closing || watch.trouble() != null || policy.refuses()) {
                return Receipt.FAILING;
            }
            if (!held.hasRoom(records.size(), reserve) || diskBytes() + size > limits.bytes()) {
                return Receipt.FULL;
            }
            held.add(records, size, append, threads.nanoTime());
            return null;
        }
    }

    // ---- reading

    @Override
    public Flux<JournaledRecord> records(Window window) {
        return outlet.records(window);
    }

    private void rewind(Window window) {
        synchronized (lock) {
            handOut.rewind(window);
        }
    }

    private @Nullable JournaledRecord next() {
        synchronized (lock) {
            return handOut.next(threads.nanoTime());
        }
    }

    private void fetch() {
        loader.fetch();
    }

    @Override
    public void markPublished(long sequence) {
        Append durable;
        synchronized (lock) {
            long now = threads.nanoTime();
            Append append = handOut.markPublished(sequence, now);
            if (append == null) {
                return;
            }
            durable = destination.acknowledgementIsDurable() && append.markPublished() ? append : null;
            handOut.advanceCursor(now);
        }
        if (durable != null) {
            durable.complete(Receipt.IN_KAFKA);
        }
        outlet.drain();
    }

    @Override
    public void destination(Destination found) {
        synchronized (lock) {
            policy.setKafkaCounts(found.acknowledgementIsDurable(), held.oldestUnsafe() != null);
            destination = found;
        }
        writer.gathers(found.acknowledgementIsDurable());
        writer.signal();
    }

    @Override
    public Destination destination() {
        return destination;
    }

    private void look() {
        watch.look();
        long used;
        synchronized (lock) {
            used = diskBytes();
        }
        messages.size(limits.isNearlyFull(used), used < limits.bytes() / 2);
        loader.letGo();
    }

    // ---- what operators see

    @Override
    public Backlog backlog() {
        synchronized (lock) {
            long now = threads.nanoTime();
            long age = handOut.oldestAge(now);
            return new Backlog(
                    handOut.unpublished(),
                    diskBytes(),
                    Duration.ofNanos(age),
                    Duration.ofNanos(Math.min(age, handOut.unmoved(now))),
                    handOut.inFlight().out(),
                    handOut.inFlight().outBytes(),
                    held.end() - earlier.end(),
                    handOut.published());
        }
    }

    private long diskBytes() {
        return segments.bytes() + held.unwrittenBytes();
    }

    private long memoryBytes() {
        synchronized (lock) {
            return held.bytes() + handOut.fetchedBytes();
        }
    }

    @Override
    public @Nullable String trouble() {
        if (closing) {
            return "The gateway is stopping.";
        }
        String seen = watch.trouble();
        if (seen != null) {
            return seen;
        }
        synchronized (lock) {
            if (policy.refuses()) {
                return "The journal cannot be written. Check the disk; the gateway's log names the error.";
            }
            Entry oldest = held.oldestUnsafe();
            if (oldest != null
                    && threads.nanoTime() - oldest.appendedAt()
                            > limits.answerWithin().toNanos()) {
                return "The journal's disk does not finish a write or an fsync. Check the disk.";
            }
            return limits.isNearlyFull(diskBytes()) ? OperatorMessages.FULL : null;
        }
    }

    @Override
    public @Nullable String stuckThread() {
        synchronized (lock) {
            if (writer.isStuck()) {
                return "journal-writer";
            }
            if (loader.isStuck()) {
                return "journal-loader";
            }
        }
        return deadlines.isStuck() ? "journal-clock" : null;
    }

    @Override
    public Duration retryAfter() {
        synchronized (lock) {
            return handOut.until(threads.nanoTime(), limits.segmentBytes());
        }
    }

    @Override
    public Durability durability() {
        return destination.acknowledgementIsDurable() ? Durability.KAFKA_OR_DISK : Durability.DISK;
    }

    /**
     * Writes and fsyncs the appended records, then answers the remaining appends {@link Receipt#UNKNOWN}. The next run
     * publishes the records that Kafka has not acknowledged. If the disk hangs, the files are not closed, and this
     * returns all the same.
     */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closing = true;
            policy.closing();
        }
        loader.closing();
        writer.signal();
        try {
            if (Threads.finish(threads.writer())) {
                Threads.run(threads.loader(), this::closeFiles, Duration.ZERO);
            }
            Threads.finish(threads.loader());
            threads.clock().dispose();
            deadlines.answerAll();
            messages.left(backlog().records());
        } finally {
            storage.close();
        }
    }

    private void closeFiles() {
        try {
            loader.close();
            folder.close();
        } catch (IOException | RuntimeException e) {
            messages.notClosed(e);
        }
    }
}
