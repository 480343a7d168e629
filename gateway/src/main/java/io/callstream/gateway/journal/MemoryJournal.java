package io.callstream.gateway.journal;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A bounded ring for a gateway without a disk of its own: only Kafka's acknowledgement makes a record durable.
 *
 * <p>An append that Kafka has not acknowledged within the answer limit is told {@link Receipt#UNKNOWN}; its records stay
 * and are published once Kafka is back. A full ring refuses. What has not been published when the process ends is gone,
 * none of it ever having been called durable.
 *
 * <pre>
 *         head            answered            read              tail
 *   ────────┼─────────────────┼─────────────────┼─────────────────┼────────
 *   removed │ limit is over:  │ handed to the   │ appended, still │ free
 *           │ told UNKNOWN    │ reader          │ to be read      │
 *           ▲ oldest not acknowledged: the cursor               (answered and read: either may lead)
 * </pre>
 */
final class MemoryJournal implements Journal, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryJournal.class);
    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration STUCK = Duration.ofMinutes(1);

    private final String id = UUID.randomUUID().toString();
    private final long maxBytes;
    private final long answerNanos;
    private final Outlet outlet = new Outlet(this::rewind, this::next);
    private final Scheduler clock = Schedulers.newSingle("journal-clock", true);

    // Everything below is guarded by the ring's monitor, which is only ever held for a few field accesses; whoever
    // waits is told outside of it.
    private final @Nullable Entry[] ring;
    private long head;
    private long answered;
    private long read;
    private long tail;
    private long unpublished;
    private long bytes;
    private Window window = new Window(1, 1);
    /** Bytes of the records that were handed out and are not published. */
    private long readBytes;

    private long headMoved = System.nanoTime();

    private volatile Destination destination = Destination.UNKNOWN;
    private volatile long clockMoved = System.nanoTime();
    private final DrainRate rate = new DrainRate(System.nanoTime());

    /**
     * @param maxBytes the most that may wait, records' bytes and bookkeeping
     * @param answerWithin how long an append waits for Kafka
     */
    MemoryJournal(long maxBytes, Duration answerWithin) {
        this.maxBytes = maxBytes;
        // A tick early, so that no answer waits longer than it should.
        this.answerNanos = answerWithin.minus(TICK).toNanos();
        this.ring = new Entry[JournalRecord.most(maxBytes)];
        clock.schedulePeriodically(this::answerOverdue, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Mono<Receipt> append(List<JournalRecord> records) {
        return Mono.create(answer -> {
            Append append = new Append(answer, records.size());
            if (enter(records, append)) {
                answer.onDispose(append::forget);
                outlet.drain();
            } else {
                append.tell(Receipt.FULL);
            }
        });
    }

    private boolean enter(List<JournalRecord> records, Append append) {
        long size = 0;
        for (JournalRecord record : records) {
            size += record.size();
        }
        synchronized (ring) {
            if (bytes + size > maxBytes || tail + records.size() - head > ring.length) {
                return false;
            }
            long now = System.nanoTime();
            for (JournalRecord record : records) {
                ring[slot(tail)] = new Entry(new JournaledRecord(tail, record), append, now);
                tail++;
            }
            unpublished += records.size();
            bytes += size;
            return true;
        }
    }

    @Override
    public Flux<JournaledRecord> records(Window window) {
        return Flux.defer(() -> {
            synchronized (ring) {
                this.window = window;
            }
            return outlet.records();
        });
    }

    private void rewind() {
        synchronized (ring) {
            read = head;
            readBytes = 0;
        }
    }

    private @Nullable JournaledRecord next() {
        synchronized (ring) {
            while (read < tail) {
                Entry entry = ring[slot(read)];
                JournaledRecord record = entry == null ? null : entry.record;
                if (record != null) {
                    int size = record.record().bytes();
                    if (!window.hasRoom((int) (read - head), readBytes, size)) {
                        return null;
                    }
                    readBytes += size;
                }
                read++;
                if (record != null) {
                    return record;
                }
            }
            return null;
        }
    }

    @Override
    public void published(long sequence) {
        Entry entry;
        synchronized (ring) {
            if (sequence < head || sequence >= tail) {
                return;
            }
            entry = ring[slot(sequence)];
            if (entry == null || entry.record == null) {
                return;
            }
            unpublished--;
            if (sequence < read) {
                readBytes -= entry.record.record().bytes();
            }
            bytes -= entry.record.record().size();
            rate.published(System.nanoTime(), entry.record.record().size());
            entry.record = null;
            long former = head;
            for (Entry oldest; head < tail && (oldest = ring[slot(head)]) != null && oldest.record == null; head++) {
                ring[slot(head)] = null;
            }
            if (head > former) {
                headMoved = System.nanoTime();
            }
            read = Math.max(read, head);
        }
        entry.append.published();
        outlet.drain();
    }

    /** Its acknowledgement counts here whatever it stands for: there is no other copy. */
    @Override
    public void destination(Destination found) {
        destination = found;
    }

    @Override
    public Destination destination() {
        return destination;
    }

    @Override
    public String restsOn() {
        return "Kafka's acknowledgement";
    }

    private void answerOverdue() {
        clockMoved = System.nanoTime();
        for (Entry overdue; (overdue = nextOverdue()) != null; ) {
            overdue.append.tell(Receipt.UNKNOWN);
        }
    }

    private @Nullable Entry nextOverdue() {
        synchronized (ring) {
            answered = Math.max(answered, head);
            Entry oldest = answered < tail ? ring[slot(answered)] : null;
            if (oldest == null || System.nanoTime() - oldest.appendedAt < answerNanos) {
                return null;
            }
            answered++;
            return oldest;
        }
    }

    @Override
    public Backlog backlog() {
        synchronized (ring) {
            Entry oldest = head < tail ? ring[slot(head)] : null;
            Duration age = oldest == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - oldest.appendedAt);
            Duration unmoved = Duration.ofNanos(System.nanoTime() - headMoved);
            return new Backlog(unpublished, bytes, age, age.compareTo(unmoved) < 0 ? age : unmoved);
        }
    }

    /** Without a reader, or with one that Kafka keeps waiting, nothing becomes durable here. */
    @Override
    public boolean accepting() {
        synchronized (ring) {
            Entry oldest = head < tail ? ring[slot(head)] : null;
            boolean waits = oldest != null && System.nanoTime() - oldest.appendedAt > answerNanos;
            return outlet.isOpen() && !waits && bytes < maxBytes;
        }
    }

    @Override
    public @Nullable String trouble() {
        return accepting()
                ? null
                : "Kafka does not acknowledge records, and a journal in memory has no other copy. Check that its brokers"
                        + " run and that the topics accept records.";
    }

    @Override
    public @Nullable String stuckThread() {
        return System.nanoTime() - clockMoved > STUCK.toNanos() ? "journal-clock" : null;
    }

    @Override
    public Duration room() {
        synchronized (ring) {
            return rate.until(System.nanoTime(), maxBytes / 8);
        }
    }

    @Override
    public void close() {
        clock.dispose();
        long left = backlog().records();
        if (left > 0) {
            LOG.warn("Stopped with {} record(s) that Kafka has not acknowledged; none of them was answered 2xx.", left);
        }
    }

    private int slot(long sequence) {
        return (int) (sequence % ring.length);
    }

    private static final class Entry {

        private final Append append;
        private final long appendedAt;

        /** Let go of once it is published, though a slower neighbour may hold its place in the ring for longer. */
        private @Nullable JournaledRecord record;

        Entry(JournaledRecord record, Append append, long appendedAt) {
            this.record = record;
            this.append = append;
            this.appendedAt = appendedAt;
        }
    }
}
