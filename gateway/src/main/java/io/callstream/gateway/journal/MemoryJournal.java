package io.callstream.gateway.journal;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
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

    private static final Duration TICK = Duration.ofMillis(10);

    private final String id = UUID.randomUUID().toString();
    private final long maxBytes;
    private final long answerNanos;
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
    private @Nullable FluxSink<JournaledRecord> reader;

    /** Signals of the drain loop that are not worked off yet: whoever raises it from zero runs the loop. */
    private final AtomicInteger signals = new AtomicInteger();

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
                drain();
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
    public Flux<JournaledRecord> records() {
        return Flux.create(
                sink -> {
                    synchronized (ring) {
                        reader = sink;
                        read = head;
                    }
                    sink.onDispose(() -> {
                        synchronized (ring) {
                            if (reader == sink) {
                                reader = null;
                            }
                        }
                    });
                    sink.onRequest(n -> drain());
                },
                FluxSink.OverflowStrategy.ERROR);
    }

    private void drain() {
        if (signals.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            FluxSink<JournaledRecord> to;
            synchronized (ring) {
                to = reader;
            }
            if (to != null) {
                JournaledRecord next;
                while (to.requestedFromDownstream() > 0 && (next = next(to)) != null) {
                    to.next(next);
                }
            }
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    private @Nullable JournaledRecord next(FluxSink<JournaledRecord> to) {
        synchronized (ring) {
            while (to == reader && read < tail) {
                Entry entry = ring[slot(read++)];
                if (entry != null && entry.record != null) {
                    return entry.record;
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
            bytes -= entry.record.record().size();
            entry.record = null;
            for (Entry oldest; head < tail && (oldest = ring[slot(head)]) != null && oldest.record == null; head++) {
                ring[slot(head)] = null;
            }
            read = Math.max(read, head);
        }
        entry.append.published();
    }

    private void answerOverdue() {
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
            return new Backlog(unpublished, bytes, age);
        }
    }

    /** Without a reader, or with one that Kafka keeps waiting, nothing becomes durable here. */
    @Override
    public boolean accepting() {
        synchronized (ring) {
            Entry oldest = head < tail ? ring[slot(head)] : null;
            boolean waits = oldest != null && System.nanoTime() - oldest.appendedAt > answerNanos;
            return reader != null && !waits && bytes < maxBytes;
        }
    }

    @Override
    public void close() {
        clock.dispose();
    }

    private int slot(long sequence) {
        return (int) (sequence % ring.length);
    }

    /** What one caller waits for. */
    private static final class Append {

        /** Empty once told: behind it stands the whole request, which must not wait in the ring with its records. */
        private final AtomicReference<@Nullable MonoSink<Receipt>> waiting;

        private final AtomicInteger missing;

        Append(MonoSink<Receipt> waiting, int records) {
            this.waiting = new AtomicReference<>(waiting);
            this.missing = new AtomicInteger(records);
        }

        void tell(Receipt receipt) {
            MonoSink<Receipt> told = waiting.getAndSet(null);
            if (told != null) {
                told.success(receipt);
            }
        }

        void forget() {
            waiting.set(null);
        }

        void published() {
            if (missing.decrementAndGet() == 0) {
                tell(Receipt.DURABLE);
            }
        }
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
