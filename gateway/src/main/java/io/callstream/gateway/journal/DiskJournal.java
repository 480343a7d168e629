package io.callstream.gateway.journal;

import io.callstream.gateway.journal.Segments.Segment;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * A folder of segments: what was accepted stands there until Kafka has it, whatever becomes of this process.
 *
 * <pre>
 *    segments on disk ───────────────────────────────────────────────┐
 *                                        memory ─────────────────────┼──────────┐
 *          cursor            read         held        synced      written      tail
 *   ──────────┼───────────────┼─────────────┼────────────┼───────────┼──────────┼──
 *   published │  handed out   │   waits     │  waits     │ no fsync  │ to be    │
 *             │  to the relay │   on disk   │            │ yet       │ written  │
 * </pre>
 *
 * <p>Three threads beside those of its callers: the <em>writer</em> writes what was appended as one group and syncs it,
 * the <em>loader</em> fetches from disk what the relay has yet to read and memory no longer holds, the <em>clock</em>
 * sees to what is overdue. Everything they share is guarded by the monitor {@code lock}, held for field accesses only.
 *
 * <p>An append is {@link Receipt#DURABLE} with the first of: its fsync; Kafka's acknowledgement, where that counts.
 * After a failed fsync what came since the last good one is written again, same sequences, to a fresh segment.
 */
final class DiskJournal implements Journal, AutoCloseable {

    /** How often the clock looks. */
    private static final Duration TICK = Duration.ofMillis(10);

    /** Where nobody waits for the disk, groups are made larger, because each costs as much as ten more records in it. */
    private static final Duration GATHER = Duration.ofMillis(1);

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** An append leaves memory for so many of its size, so that a burst of large ones does not shut out the small ones. */
    private static final long LEAVES = 64;

    /** How often the disk is looked at. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** A thread that has had work for so long and has not got on with it is stuck. */
    private static final Duration STUCK = Duration.ofMinutes(1);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /** A group is written once it has so many bytes, although more may be waiting. */
    private static final int GROUP = 1 << 20;

    /** Room that is to be there if a callback is to be expected to find some. */
    private static final int HEADROOM = 4 << 20;

    private final Storage storage;
    private final Limits limits;
    private final Threads threads;
    private final Timer syncTime;
    private final JournalLog log;
    private final Identity identity;
    private final Cursor cursor;
    private final Segments segments;
    private final BacklogReader backlogReader;
    private final Outlet outlet = new Outlet(this::rewind, this::next);

    /** What this run appends begins here; what is below is an earlier run's. */
    private final long runFirst;

    /** Signals to the writer that are not worked off yet: whoever raises it from zero has it run. */
    private final AtomicInteger signals = new AtomicInteger();

    /** Guards everything below. */
    private final Object lock = new Object();

    private final @Nullable Entry[] memory;
    private final InFlight inFlight = new InFlight(Window.MOST_RECORDS);
    private final Deque<Loaded> loaded = new ArrayDeque<>();
    private final DrainRate rate;
    private Window window = new Window(1, 1);
    private long held;
    private long heldBytes;
    private long synced;
    private long written;
    private long unwrittenBytes;
    private long tail;
    private long answered;
    private long read;
    /** Above everything that was ever handed out. */
    private long reached;
    /** Nothing below this is still to be fetched. */
    private long fetched;

    private long cursorMoved;

    private boolean loading;
    private long loadedBytes;
    private boolean formerCounted;
    private long formerRecords;
    private long formerSince;
    private long evictedSince;
    /** Written under the lock. */
    private volatile Destination destination = Destination.UNKNOWN;

    /** The last write or sync has failed: the next one is synced at once. */
    private boolean rewriting;
    /** So has the one after it: nothing more is taken until another has succeeded, or there is none left to try. */
    private boolean failing;

    private long retryAt;
    private boolean syncsOnce;
    private boolean diskIsLow;
    private boolean folderIsGone;
    private volatile boolean closing;

    /** When the writer, the loader and the clock last got on with their work, by {@link Threads#nanoTime}. */
    private volatile long writerMoved;

    private volatile long loaderMoved;
    private volatile long clockMoved;

    /** Of the writer alone. */
    private long deleteAgainAt;

    /**
     * @param bytes the most that all segments may have
     * @param segmentBytes a segment that has so many is left
     * @param memory the most that records may have that are not written, not synced or about to be read
     * @param freeFloor bytes of the disk that are left to others
     * @param syncAfter how long the oldest record waits for Kafka, where its acknowledgement counts
     * @param answerWithin how long an append waits for a disk that does not answer
     */
    record Limits(
            long bytes, long segmentBytes, int memory, long freeFloor, Duration syncAfter, Duration answerWithin) {

        Limits {
            if (GROUP + memory > RecordBatches.LARGEST) {
                throw new IllegalArgumentException("A group of records could be larger than a batch can be");
            }
        }
    }

    private static final class Entry {

        private final JournaledRecord record;
        private final Append append;
        private final long appendedAt;
        private final int size;

        Entry(JournaledRecord record, Append append, long appendedAt) {
            this.record = record;
            this.append = append;
            this.appendedAt = appendedAt;
            this.size = record.record().size();
        }
    }

    private record Loaded(JournaledRecord record, long appendedAt) {}

    private record Group(long first, List<JournalRecord> records, long bytes) {}

    /**
     * Opens the folder and accepts at once; what an earlier run has left is looked through beside that.
     *
     * @throws IOException where the folder cannot be used, or is a later release's
     */
    DiskJournal(Storage storage, Limits limits, Threads threads, GatewayMetrics metrics) throws IOException {
        this.storage = storage;
        this.limits = limits;
        this.threads = threads;
        this.syncTime = metrics.journalSync();
        this.log = new JournalLog(metrics);
        this.memory = new Entry[JournalRecord.most(limits.memory())];
        List<SegmentName> former = SegmentName.in(storage);
        long behind = former.stream()
                .mapToLong(name -> name.base() + Segments.MOST_RECORDS)
                .max()
                .orElse(0);
        this.cursor = new Cursor(storage);
        this.runFirst = Math.max(cursor.position(), behind);
        Identity known = Identity.read(storage);
        if (known != null) {
            known.restore(storage);
        } else if (!former.isEmpty()) {
            log.identityLost();
        }
        this.identity = known != null ? known : Identity.create(storage, runFirst);
        if (cursor.isDamaged()) {
            log.cursorLost();
        }
        this.segments = new Segments(storage, identity, limits.segmentBytes());
        for (SegmentName name : former) {
            segments.adopt(name, runFirst);
        }
        // A kill can leave names that would not survive the loss of power.
        storage.syncNames();
        this.backlogReader = new BacklogReader(segments, new Damaged(storage, segments, log));
        this.held = runFirst;
        this.synced = runFirst;
        this.written = runFirst;
        this.tail = runFirst;
        this.read = cursor.position();
        this.reached = read;
        this.rate = new DrainRate(threads.nanoTime());
        this.formerSince = threads.nanoTime();
        this.deleteAgainAt = threads.nanoTime();
        this.retryAt = threads.nanoTime();
        this.cursorMoved = threads.nanoTime();
        this.writerMoved = threads.nanoTime();
        this.loaderMoved = threads.nanoTime();
        this.clockMoved = threads.nanoTime();
        this.formerCounted = former.isEmpty();
        if (!former.isEmpty()) {
            long from = read;
            threads.loader().schedule(() -> countFrom(segments.after(null), from, 0, 0));
        }
        metrics.journalMemory(limits.memory(), this::heldBytes);
        lookAtDisk();
        threads.clock().schedulePeriodically(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
        threads.loader()
                .schedulePeriodically(this::lookAtDisk, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public String id() {
        return identity.id();
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
            signalWriter();
        } else {
            append.tell(refusal);
        }
    }

    /** Gives why nothing was appended; nothing where it was. */
    private @Nullable Receipt enter(List<JournalRecord> records, Append append) {
        long size = 0;
        for (JournalRecord record : records) {
            size += record.size();
        }
        long room = size + Math.min(limits.memory() / 2, LEAVES * size);
        synchronized (lock) {
            evict(limits.memory() - room);
            if (closing || failing || diskIsLow || folderIsGone) {
                return Receipt.FAILING;
            }
            if (heldBytes + room > limits.memory()
                    || tail + records.size() - held > memory.length
                    || segments.bytes() + unwrittenBytes + size > limits.bytes()) {
                return Receipt.FULL;
            }
            long now = threads.nanoTime();
            for (JournalRecord record : records) {
                memory[slot(tail)] = new Entry(new JournaledRecord(tail, record), append, now);
                tail++;
            }
            heldBytes += size;
            unwrittenBytes += size;
            return null;
        }
    }

    // ---- the writer

    private void signalWriter() {
        if (signals.getAndIncrement() == 0) {
            writerMoved = threads.nanoTime();
            schedule(threads.writer(), this::write, destination.acknowledgementIsDurable() ? GATHER : Duration.ZERO);
        }
    }

    private void write() {
        int seen = 1;
        do {
            try {
                Group group;
                while ((group = group()) != null) {
                    writerMoved = threads.nanoTime();
                    segments.write(group.first(), group.records(), threads.wallMillis());
                    written(group);
                    outlet.drain();
                    syncIfDue();
                }
                syncIfDue();
                deletePublished();
            } catch (IOException | RuntimeException | Error e) {
                // Whatever it was: the loop must not end with it, and what is not safe yet is to be written again.
                failed(e);
            }
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    /** What is to be written next, as one batch; an append is never cut in two. */
    private @Nullable Group group() {
        synchronized (lock) {
            if (isPausing()) {
                return null;
            }
            if (written == tail) {
                // All that failed has gone to Kafka meanwhile: the next append is the next try.
                failing = failing && written > safe();
                return null;
            }
            List<JournalRecord> records = new ArrayList<>();
            long bytes = 0;
            Append last = null;
            for (long sequence = written; sequence < tail; sequence++) {
                Entry entry = entry(sequence);
                if (bytes >= GROUP && entry.append != last) {
                    break;
                }
                records.add(entry.record.record());
                bytes += entry.size;
                last = entry.append;
            }
            return new Group(written, records, bytes);
        }
    }

    private void written(Group group) {
        synchronized (lock) {
            written = group.first() + group.records().size();
            unwrittenBytes -= group.bytes();
        }
    }

    private void syncIfDue() throws IOException {
        long upTo;
        synchronized (lock) {
            if (!isSyncDue()) {
                return;
            }
            upTo = written;
        }
        long began = threads.nanoTime();
        segments.sync();
        syncTime.record(threads.nanoTime() - began, TimeUnit.NANOSECONDS);
        List<Append> durable = new ArrayList<>();
        boolean again;
        synchronized (lock) {
            for (long sequence = safe(); sequence < upTo; sequence++) {
                durable.add(entry(sequence).append);
            }
            synced = upTo;
            again = rewriting;
            rewriting = false;
            syncsOnce = false;
            failing = false;
            // Kafka's acknowledgement may have come before the fsync, and then nothing else would release them.
            releasePublished();
            evict(limits.memory() / 2);
        }
        if (again) {
            log.writesAgain();
        }
        for (Append append : durable) {
            append.tell(Receipt.DURABLE);
        }
    }

    /** The disk is left alone for a while. */
    private boolean isPausing() {
        return failing && threads.nanoTime() - retryAt < 0;
    }

    /** Below this sequence nobody waits for a sync: it is done, or Kafka has the record. */
    private long safe() {
        return Math.max(synced, held);
    }

    /** Once the oldest record is overdue, every group is: an outage of Kafka's does not slow the answers down. */
    private boolean isSyncDue() {
        if (written <= safe() || isPausing()) {
            return false;
        }
        return !destination.acknowledgementIsDurable()
                || syncsOnce
                || rewriting
                || closing
                || oldestAge() >= limits.syncAfter().toNanos()
                || heldBytes > limits.memory() / 4;
    }

    private void failed(Throwable failure) {
        long again;
        synchronized (lock) {
            again = safe();
        }
        segments.giveUp(again);
        synchronized (lock) {
            again = safe();
            for (long sequence = again; sequence < written; sequence++) {
                unwrittenBytes += entry(sequence).size;
            }
            written = again;
            failing = rewriting;
            rewriting = true;
            retryAt = threads.nanoTime() + RETRY.toNanos();
        }
        log.failed(failure);
        signalWriter();
    }

    private void deletePublished() {
        long below = position();
        if (segments.hasBelow(below) && threads.nanoTime() - deleteAgainAt >= 0) {
            try {
                // Or a loss of power could take the cursor back to before records that are gone.
                cursor.sync();
                segments.deleteBelow(below);
                log.deleted();
            } catch (IOException | RuntimeException | Error e) {
                deleteAgainAt = threads.nanoTime() + RETRY.toNanos();
                log.notDeleted(e);
            }
        }
    }

    private long position() {
        synchronized (lock) {
            return cursor.position();
        }
    }

    // ---- reading

    @Override
    public Flux<JournaledRecord> records(Window window) {
        return Flux.defer(() -> {
            synchronized (lock) {
                this.window = window;
            }
            return outlet.records();
        });
    }

    private void rewind() {
        synchronized (lock) {
            read = cursor.position();
            fetched = 0;
            letGoOfLoaded();
        }
    }

    private @Nullable JournaledRecord next() {
        synchronized (lock) {
            for (Loaded next; (next = peek()) != null; ) {
                JournaledRecord record = next.record;
                if (!inFlight.contains(record.sequence())) {
                    int bytes = record.record().bytes();
                    if (!window.hasRoom(inFlight.count(), inFlight.outBytes(), bytes)) {
                        return null;
                    }
                    inFlight.add(record.sequence(), next.appendedAt, bytes);
                    if (record.sequence() < runFirst) {
                        formerRecords--;
                    }
                }
                boolean done = inFlight.isDone(record.sequence());
                moveTo(record.sequence() + 1);
                if (!done) {
                    return record;
                }
            }
            return null;
        }
    }

    /** The first record from {@code read} on; nothing where there is none, or it is being fetched. */
    private @Nullable Loaded peek() {
        while (read < written) {
            if (read >= held) {
                Entry entry = entry(read);
                return new Loaded(entry.record, entry.appendedAt);
            }
            Loaded first;
            while ((first = loaded.peek()) != null && first.record.sequence() < read) {
                loadedBytes -= first.record.record().size();
                loaded.poll();
            }
            if (first != null) {
                return first;
            }
            if (fetched <= read) {
                startLoading();
                return null;
            }
            // There is none before.
            moveTo(fetched);
            advanceCursor();
        }
        return null;
    }

    private void moveTo(long sequence) {
        read = sequence;
        reached = Math.max(reached, sequence);
    }

    // ---- the loader

    private void startLoading() {
        if (!loading && !closing) {
            loading = true;
            loaderMoved = threads.nanoTime();
            schedule(threads.loader(), this::load, Duration.ZERO);
        }
    }

    private void load() {
        long from;
        long upTo;
        loaderMoved = threads.nanoTime();
        synchronized (lock) {
            from = read;
            upTo = held;
        }
        BacklogReader.Fetched found;
        try {
            found = backlogReader.fetch(from, upTo);
        } catch (NoSuchFileException e) {
            if (!folderIsGone()) {
                // Published and deleted meanwhile.
                found = new BacklogReader.Fetched(List.of(), from);
            } else {
                log.unreadable(e);
                schedule(threads.loader(), this::load, RETRY);
                return;
            }
        } catch (IOException | RuntimeException | Error e) {
            log.unreadable(e);
            // Still loading until then, so that nobody else begins.
            schedule(threads.loader(), this::load, RETRY);
            return;
        }
        log.readable();
        long nanos = threads.nanoTime();
        long millis = threads.wallMillis();
        synchronized (lock) {
            loading = false;
            if (read == from) {
                letGoOfLoaded();
                for (BacklogReader.Found record : found.records()) {
                    loadedBytes += record.record().record().size();
                    loaded.add(new Loaded(record.record(), nanos - nanosSince(record.writtenAtMillis(), millis)));
                }
                fetched = found.upTo();
            }
        }
        outlet.drain();
    }

    /** Whether files are missing that nobody here has deleted. */
    private boolean folderIsGone() {
        try {
            return !segments.areThere();
        } catch (IOException e) {
            return true;
        }
    }

    private void letGoOfLoaded() {
        loaded.clear();
        loadedBytes = 0;
    }

    /** Counts what earlier runs have left, a segment at a time: what goes out meanwhile is fetched in between. */
    private void countFrom(@Nullable Segment segment, long from, long records, long bytes) {
        if (segment == null || segment.name().base() >= runFirst || closing) {
            synchronized (lock) {
                formerCounted = true;
            }
            log.counted(records, bytes);
            return;
        }
        Segment next = segments.after(segment.name());
        Segments.Count found = count(segment, from);
        synchronized (lock) {
            formerRecords += found.waiting();
            if (found.waiting() > 0) {
                long age = nanosSince(found.oldestMillis(), threads.wallMillis());
                formerSince = Math.min(formerSince, threads.nanoTime() - age);
            }
        }
        // What is published already can be deleted, now that its end is known.
        signalWriter();
        schedule(
                threads.loader(),
                () -> countFrom(next, found.end(), records + found.waiting(), bytes + segment.size()),
                Duration.ZERO);
    }

    private Segments.Count count(Segment segment, long from) {
        try {
            return backlogReader.count(segment, from);
        } catch (IOException | RuntimeException | Error e) {
            log.unreadable(e);
            return new Segments.Count(0, 0, Long.MAX_VALUE, from);
        }
    }

    private static long nanosSince(long thenMillis, long nowMillis) {
        return TimeUnit.MILLISECONDS.toNanos(Math.max(0, nowMillis - thenMillis));
    }

    private void lookAtDisk() {
        boolean low;
        boolean gone;
        try {
            backlogReader.letGo();
            gone = !segments.areThere();
            low = !gone && storage.freeBytes() < limits.freeFloor();
        } catch (IOException e) {
            // A failing disk shows, and is logged, where it is written to.
            return;
        }
        boolean lowChanged;
        boolean goneChanged;
        synchronized (lock) {
            lowChanged = low != diskIsLow;
            diskIsLow = low;
            goneChanged = gone != folderIsGone;
            folderIsGone = gone;
        }
        if (lowChanged) {
            log.disk(low, limits.freeFloor());
        }
        if (goneChanged) {
            log.folder(gone);
        }
    }

    // ---- what is published

    @Override
    public void published(long sequence) {
        Append append = null;
        synchronized (lock) {
            int bytes = inFlight.publish(sequence);
            if (bytes < 0) {
                return;
            }
            rate.published(threads.nanoTime(), bytes);
            if (destination.acknowledgementIsDurable() && sequence >= held) {
                append = entry(sequence).append;
            }
        }
        if (append != null) {
            append.published();
        }
        synchronized (lock) {
            advanceCursor();
        }
        outlet.drain();
    }

    private void advanceCursor() {
        long low = inFlight.isEmpty() ? reached : inFlight.firstSequence();
        try {
            if (low > cursor.position()) {
                cursor.advance(low);
                cursorMoved = threads.nanoTime();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // A reader that has begun anew need not see what was acknowledged since.
        read = Math.max(read, low);
        releasePublished();
    }

    /** Lets go of what Kafka has, but for what an append still waits to see on disk. */
    private void releasePublished() {
        long below = Math.min(cursor.position(), written);
        while (held < below && (held < synced || entry(held).append.isTold())) {
            release();
        }
    }

    @Override
    public void destination(Destination found) {
        synchronized (lock) {
            // What Kafka acknowledged while that did not count still waits for its fsync.
            syncsOnce |= found.acknowledgementIsDurable() && !destination.acknowledgementIsDurable() && safe() < tail;
            destination = found;
        }
        signalWriter();
    }

    @Override
    public Destination destination() {
        return destination;
    }

    // ---- the clock

    private void tick() {
        clockMoved = threads.nanoTime();
        for (Append overdue; (overdue = nextOverdue(limits.answerWithin())) != null; ) {
            overdue.tell(Receipt.UNKNOWN);
        }
        boolean work;
        synchronized (lock) {
            work = isSyncDue() || segments.hasBelow(cursor.position()) || (failing && !isPausing());
        }
        if (work) {
            signalWriter();
        }
    }

    private @Nullable Append nextOverdue(Duration limit) {
        synchronized (lock) {
            answered = Math.max(answered, held);
            if (answered == tail) {
                return null;
            }
            Entry oldest = entry(answered);
            if (threads.nanoTime() - oldest.appendedAt < limit.toNanos()) {
                return null;
            }
            answered++;
            return oldest.append;
        }
    }

    // ---- what operators see

    @Override
    public Backlog backlog() {
        synchronized (lock) {
            Duration age = Duration.ofNanos(Math.max(0, oldestAge()));
            Duration unmoved = Duration.ofNanos(threads.nanoTime() - cursorMoved);
            return new Backlog(
                    unpublished(), segments.bytes() + unwrittenBytes, age, age.compareTo(unmoved) < 0 ? age : unmoved);
        }
    }

    private long unpublished() {
        // Until they are counted there is at least one.
        long former = reached >= runFirst ? 0 : Math.max(formerCounted ? 0 : 1, formerRecords);
        return inFlight.out() + former + tail - Math.max(reached, runFirst);
    }

    /** In nanoseconds. */
    private long oldestAge() {
        long now = threads.nanoTime();
        if (!inFlight.isEmpty()) {
            return now - inFlight.firstSince();
        }
        if (reached < runFirst && formerRecords > 0) {
            return now - formerSince;
        }
        if (Math.max(reached, runFirst) < held) {
            return now - evictedSince;
        }
        // What is published and waits for its fsync alone is not old.
        long oldest = Math.max(reached, held);
        return oldest < tail ? now - entry(oldest).appendedAt : 0;
    }

    @Override
    public boolean accepting() {
        return trouble() == null;
    }

    @Override
    public @Nullable String trouble() {
        synchronized (lock) {
            if (closing) {
                return "The gateway is stopping.";
            }
            if (folderIsGone) {
                return JournalLog.FOLDER_GONE;
            }
            if (failing) {
                return "The journal cannot be written. Check the disk; the gateway's log names the error.";
            }
            if (diskIsLow) {
                return "The journal's disk has less than %d MB free (callstream.journal.free-space-floor). Free some space."
                        .formatted(limits.freeFloor() >> 20);
            }
            boolean hangs = safe() < tail
                    && threads.nanoTime() - entry(safe()).appendedAt
                            > limits.answerWithin().toNanos();
            if (hangs) {
                return "The journal's disk does not finish a write or an fsync. Check the disk.";
            }
            boolean full = segments.bytes() + unwrittenBytes + Math.min(HEADROOM, limits.bytes() / 4) > limits.bytes();
            return full
                    ? "The journal is full (callstream.journal.max-size). Check that Kafka accepts records; space returns"
                            + " as the backlog drains."
                    : null;
        }
    }

    @Override
    public @Nullable String stuckThread() {
        long now = threads.nanoTime();
        synchronized (lock) {
            if (signals.get() != 0 && now - writerMoved > STUCK.toNanos()) {
                return "journal-writer";
            }
            if (loading && now - loaderMoved > STUCK.toNanos()) {
                return "journal-loader";
            }
        }
        return now - clockMoved > STUCK.toNanos() ? "journal-clock" : null;
    }

    @Override
    public Duration room() {
        synchronized (lock) {
            return rate.until(threads.nanoTime(), limits.segmentBytes());
        }
    }

    @Override
    public String restsOn() {
        synchronized (lock) {
            return destination.acknowledgementIsDurable()
                    ? "Kafka's acknowledgement, or an fsync on this disk where Kafka takes longer than %d ms"
                            .formatted(limits.syncAfter().toMillis())
                    : "an fsync on this disk";
        }
    }

    // ---- memory

    private Entry entry(long sequence) {
        Entry entry = memory[slot(sequence)];
        if (entry == null || entry.record.sequence() != sequence) {
            throw new IllegalStateException("Record %d is not held".formatted(sequence));
        }
        return entry;
    }

    /** Lets go of what is safe on disk until no more than so many bytes are held. */
    private void evict(long bytes) {
        while (heldBytes > bytes && held < synced) {
            if (Math.max(reached, runFirst) == held) {
                evictedSince = entry(held).appendedAt;
            }
            release();
        }
    }

    private long heldBytes() {
        synchronized (lock) {
            return heldBytes + loadedBytes;
        }
    }

    private void release() {
        heldBytes -= entry(held).size;
        memory[slot(held)] = null;
        held++;
    }

    private int slot(long sequence) {
        return (int) (sequence % memory.length);
    }

    /** Syncs what was appended. What Kafka has not acknowledged is the next run's. */
    @Override
    public void close() throws IOException {
        closing = true;
        signalWriter();
        try {
            await(threads.writer());
            await(threads.loader());
            threads.clock().dispose();
            for (Append waiting; (waiting = nextOverdue(Duration.ZERO)) != null; ) {
                waiting.tell(Receipt.UNKNOWN);
            }
            log.left(backlog().records());
            backlogReader.close();
            segments.close();
            cursor.sync();
            cursor.close();
        } finally {
            storage.close();
        }
    }

    /** A thread that has been closed takes nothing more: what it would have done is the next run's. */
    private void schedule(Scheduler thread, Runnable task, Duration delay) {
        try {
            if (delay.isZero()) {
                thread.schedule(task);
            } else {
                thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException e) {
            if (!closing) {
                throw e;
            }
        }
    }

    /** Waits for what it is at, but not for a disk that hangs. */
    private static void await(Scheduler thread) {
        thread.disposeGracefully().timeout(CLOSE_TIMEOUT, Mono.empty()).block();
    }
}
