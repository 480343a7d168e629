package io.callstream.gateway.journal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.journal.Window;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * Compares the journal with a model of three lines, for any sequence of appends, requests, acknowledgements in any
 * order, and new readers.
 */
class MemoryJournalPropertyTest {

    private static final long BYTES = 40 * 1100;

    @Property(tries = 500)
    void itIsTheModel(@ForAll Random random, @ForAll @IntRange(min = 10, max = 300) int steps) {
        try (MemoryJournal journal = new MemoryJournal(BYTES, Duration.ofMinutes(5))) {
            long next = 0;
            TreeSet<Long> unpublished = new TreeSet<>();
            List<Batch> batches = new ArrayList<>();
            Reader reader = new Reader(journal, 0);
            Deque<Long> expected = new ArrayDeque<>();

            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        Batch batch = new Batch(next, 1 + random.nextInt(4));
                        journal.append(MemoryJournalTest.records(batch.size))
                                .subscribe(receipt -> batch.receipt = receipt);
                        if (batch.receipt != Receipt.FULL) {
                            for (int i = 0; i < batch.size; i++) {
                                expected.add(next);
                                unpublished.add(next++);
                            }
                            batches.add(batch);
                        }
                    }
                    case 2 -> reader.request(1 + random.nextInt(3));
                    case 3 -> {
                        if (!reader.seen.isEmpty()) {
                            long sequence = reader.seen.get(random.nextInt(reader.seen.size()));
                            journal.markPublished(sequence);
                            unpublished.remove(sequence);
                        }
                    }
                    default -> {
                        if (random.nextInt(5) == 0) {
                            reader = new Reader(journal, 1);
                            expected = new ArrayDeque<>(unpublished);
                        }
                    }
                }
                while (!reader.fresh.isEmpty()) {
                    Long got = reader.fresh.poll();
                    Long due = expected.poll();
                    // A record that was acknowledged in the meantime need not be read again.
                    while (due != null && !due.equals(got) && !unpublished.contains(due)) {
                        due = expected.poll();
                    }
                    assertThat(got).isEqualTo(due);
                }
                assertThat(journal.backlog().records()).isEqualTo(unpublished.size());
                for (Batch batch : batches) {
                    boolean whole = unpublished
                            .subSet(batch.first, batch.first + batch.size)
                            .isEmpty();
                    assertThat(batch.receipt).isEqualTo(whole ? Receipt.IN_KAFKA : null);
                }
            }
        }
    }

    private static final class Batch {

        private final long first;
        private final int size;
        private Receipt receipt;

        Batch(long first, int size) {
            this.first = first;
            this.size = size;
        }
    }

    private static final class Reader {

        private final List<Long> seen = new ArrayList<>();
        private final Deque<Long> fresh = new ArrayDeque<>();
        private final BaseSubscriber<JournaledRecord> subscriber;

        Reader(MemoryJournal journal, int first) {
            subscriber = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    if (first > 0) {
                        request(first);
                    }
                }

                @Override
                protected void hookOnNext(JournaledRecord record) {
                    seen.add(record.sequence());
                    fresh.add(record.sequence());
                }
            };
            journal.records(new Window(4096, Long.MAX_VALUE)).subscribe(subscriber);
        }

        void request(long count) {
            subscriber.request(count);
        }
    }
}
