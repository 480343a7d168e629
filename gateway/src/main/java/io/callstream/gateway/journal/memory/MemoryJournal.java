package io.callstream.gateway.journal.memory;

import io.callstream.gateway.journal.Backlog;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.journal.Durability;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.journal.Window;
import io.callstream.gateway.journal.queue.Append;
import io.callstream.gateway.journal.queue.DrainRate;
import io.callstream.gateway.journal.queue.Entry;
import io.callstream.gateway.journal.queue.InFlight;
import io.callstream.gateway.journal.queue.Outlet;
import io.callstream.gateway.journal.queue.Ring;
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
 * A bounded journal in memory, for a gateway without a disk of its own. Only Kafka's acknowledgement makes a record
 * durable.
 *
 * <p>An append that Kafka has not acknowledged within the answer limit gets {@link Receipt#UNKNOWN}, from the clock
 * thread. Its records stay in the ring and are published when Kafka is available again. If the ring is full, an append
 * gets {@link Receipt#FULL}. When the process ends, unpublished records are lost; none of them was confirmed as
 * durable.
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

    /** Guards all fields below that are not volatile. Held for field accesses only; receipts are sent outside it. */
    private final Object lock = new Object();

    private final Ring ring;
    private final InFlight inFlight = new InFlight();
    private final DrainRate rate = new DrainRate(System.nanoTime());
    private long read;

    /** The sequence after the last record that was ever handed out. */
    private long reached;

    private long firstMoved = System.nanoTime();
    private volatile Destination destination = Destination.UNKNOWN;
    private volatile long clockMoved = System.nanoTime();

    /**
     * @param maxBytes the most bytes that the records may have, with 1 KB for each record's overhead
     * @param answerWithin how long an append waits for Kafka
     */
    MemoryJournal(long maxBytes, Duration answerWithin) {
        this.maxBytes = maxBytes;
        // One tick less, because the clock can be one tick late.
        this.answerNanos = answerWithin.minus(TICK).toNanos();
        this.ring = new Ring(maxBytes, 0);
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
                append.complete(Receipt.FULL);
            }
        });
    }

    private boolean enter(List<JournalRecord> records, Append append) {
        long size = Ring.size(records);
        synchronized (lock) {
            boolean fits = ring.hasRoom(records.size(), size);
            if (fits) {
                ring.add(records, append, System.nanoTime());
            }
            return fits;
        }
    }

    @Override
    public Flux<JournaledRecord> records(Window window) {
        return outlet.records(window);
    }

    private void rewind(Window window) {
        synchronized (lock) {
            read = ring.first();
            inFlight.rewind(window);
        }
    }

    private @Nullable JournaledRecord next() {
        synchronized (lock) {
            while (read < ring.end()) {
                Entry entry = ring.get(read);
                InFlight.Taken taken = inFlight.take(entry);
                if (taken == InFlight.Taken.NO_ROOM) {
                    return null;
                }
                read++;
                reached = Math.max(reached, read);
                if (taken != InFlight.Taken.DONE) {
                    return entry.record();
                }
            }
            return null;
        }
    }

    @Override
    public void markPublished(long sequence) {
        InFlight.Published published;
        synchronized (lock) {
            published = inFlight.publish(sequence);
            if (published == null) {
                return;
            }
            rate.add(System.nanoTime(), published.bytes());
            long below = inFlight.isEmpty() ? reached : inFlight.firstSequence();
            while (ring.first() < below) {
                ring.removeFirst();
                firstMoved = System.nanoTime();
            }
            read = Math.max(read, below);
        }
        if (published.append().markPublished()) {
            published.append().complete(Receipt.IN_KAFKA);
        }
        outlet.drain();
    }

    /** Kafka's acknowledgement always counts here, even if it is not durable, because there is no other copy. */
    @Override
    public void destination(Destination found) {
        destination = found;
    }

    @Override
    public Destination destination() {
        return destination;
    }

    @Override
    public Durability durability() {
        return Durability.KAFKA;
    }

    private void answerOverdue() {
        clockMoved = System.nanoTime();
        for (Append overdue; (overdue = nextOverdue()) != null; ) {
            overdue.complete(Receipt.UNKNOWN);
        }
    }

    private @Nullable Append nextOverdue() {
        synchronized (lock) {
            return ring.overdue(System.nanoTime() - answerNanos);
        }
    }

    @Override
    public Backlog backlog() {
        synchronized (lock) {
            long records = inFlight.out() + ring.end() - reached;
            long published = rate.records();
            Duration unmoved = Duration.ofNanos(System.nanoTime() - firstMoved);
            Duration age = oldestAge();
            return new Backlog(
                    records,
                    ring.bytes(),
                    age,
                    age.compareTo(unmoved) < 0 ? age : unmoved,
                    inFlight.out(),
                    inFlight.outBytes(),
                    ring.end(),
                    published);
        }
    }

    private Duration oldestAge() {
        Entry oldest = ring.oldest();
        return oldest == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - oldest.appendedAt());
    }

    /** There is one without a reader, with a record that waits longer than the answer limit, or with a full ring. */
    @Override
    public @Nullable String trouble() {
        synchronized (lock) {
            return outlet.isOpen() && oldestAge().toNanos() <= answerNanos && ring.bytes() < maxBytes
                    ? null
                    : "Kafka does not acknowledge records, and a journal in memory has no other copy. Check that its"
                            + " brokers run and that the topics accept records.";
        }
    }

    @Override
    public @Nullable String stuckThread() {
        return System.nanoTime() - clockMoved > STUCK.toNanos() ? "journal-clock" : null;
    }

    @Override
    public Duration retryAfter() {
        synchronized (lock) {
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
}
