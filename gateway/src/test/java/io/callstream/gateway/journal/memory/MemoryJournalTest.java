package io.callstream.gateway.journal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.journal.Window;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Timeout(30)
class MemoryJournalTest {

    private static final Duration NEVER = Duration.ofMinutes(5);

    private MemoryJournal journal = new MemoryJournal(1 << 20, NEVER);

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void aRecordIsDurableOnceItIsPublishedAndNotBefore() {
        List<Receipt> receipts = new ArrayList<>();
        read();
        journal.append(records(2)).subscribe(receipts::add);

        journal.markPublished(1);
        assertThat(receipts).isEmpty();
        journal.markPublished(1);
        assertThat(receipts).isEmpty();
        journal.markPublished(0);
        assertThat(receipts).containsExactly(Receipt.IN_KAFKA);
        assertThat(journal.backlog().records()).isZero();
        assertThat(journal.backlog().bytes()).isZero();
    }

    /**
     * A receipt's subscriber refers to a whole HTTP request. In a long outage, the journal must not keep the requests
     * that are already answered.
     */
    @Test
    void anAnsweredAppendIsReleasedThoughItsRecordsStay() {
        journal = new MemoryJournal(1 << 20, Duration.ofMillis(30));
        WeakReference<byte[]> request = post(new byte[1 << 16]);

        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
            System.gc();
            return request.get() == null;
        });
        assertThat(journal.backlog().records()).isEqualTo(1);
    }

    private WeakReference<byte[]> post(byte[] request) {
        CountDownLatch told = new CountDownLatch(1);
        journal.append(records(1)).subscribe(receipt -> {
            assertThat(request).isNotNull();
            told.countDown();
        });
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> told.getCount() == 0);
        return new WeakReference<>(request);
    }

    @Test
    void theReaderGetsWhatIsThereAndThenWhatComes() {
        journal.append(records(2)).subscribe();

        StepVerifier.create(journal.records(new Window(4096, Long.MAX_VALUE)).map(JournaledRecord::sequence))
                .expectNext(0L, 1L)
                .then(() -> journal.append(records(1)).subscribe())
                .expectNext(2L)
                .thenCancel()
                .verify();
    }

    @Test
    void theReaderGetsNoMoreThanItAsksFor() {
        journal.append(records(5)).subscribe();

        StepVerifier.create(journal.records(new Window(4096, Long.MAX_VALUE)).map(JournaledRecord::sequence), 2)
                .expectNext(0L, 1L)
                .then(() -> journal.append(records(1)).subscribe())
                .thenRequest(3)
                .expectNext(2L, 3L, 4L)
                .thenRequest(5)
                .expectNext(5L)
                .thenCancel()
                .verify();
    }

    @Test
    void aNewReaderStartsAtTheOldestUnpublishedAndTheFormerHearsNoMore() {
        List<Long> former = read();
        journal.append(records(4)).subscribe();
        journal.markPublished(0);
        journal.markPublished(2);
        List<Long> latter = read();
        journal.append(records(1)).subscribe();

        assertThat(former).containsExactly(0L, 1L, 2L, 3L);
        assertThat(latter).containsExactly(1L, 3L, 4L);
    }

    @Test
    void whatIsNotPublishedInTimeIsUnknownButStays() {
        journal.close();
        journal = new MemoryJournal(1 << 20, Duration.ofMillis(50));
        read();

        StepVerifier.create(journal.append(records(2)))
                .expectNext(Receipt.UNKNOWN)
                .verifyComplete();
        assertThat(journal.backlog().records()).isEqualTo(2);
        assertThat(journal.accepting()).isFalse();

        journal.markPublished(0);
        journal.markPublished(1);
        assertThat(journal.backlog().records()).isZero();
        assertThat(journal.accepting()).isTrue();
    }

    @Test
    void theLimitIsABatchsWholeOrNothing() {
        journal.close();
        journal = new MemoryJournal(4 * 1200, NEVER);
        read();
        List<Receipt> receipts = new ArrayList<>();

        journal.append(records(3)).subscribe(receipts::add);
        journal.append(records(2)).subscribe(receipts::add);
        assertThat(receipts).containsExactly(Receipt.FULL);
        assertThat(journal.backlog().records()).isEqualTo(3);

        journal.markPublished(0);
        journal.append(records(2)).subscribe(receipts::add);
        assertThat(receipts).containsExactly(Receipt.FULL);
        assertThat(journal.backlog().records()).isEqualTo(4);
    }

    @Test
    void aSlotIsNotUsedAgainBeforeItsRecordIsPast() {
        journal.close();
        journal = new MemoryJournal(8 * 1100, NEVER);
        read();
        int slots = 8; // A record costs 1 KB in addition to its bytes.
        List<Receipt> receipts = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            journal.append(records(1)).subscribe();
        }
        for (long sequence = 1; sequence < slots; sequence++) {
            journal.markPublished(sequence);
        }

        journal.append(records(1)).subscribe(receipts::add);
        assertThat(receipts).as("the oldest holds the ring's place").containsExactly(Receipt.FULL);
        journal.markPublished(0);
        journal.append(records(1)).subscribe();
        assertThat(journal.backlog().records()).isEqualTo(1);
    }

    @Test
    void aCancelledAppendStays() {
        Disposable waiting = journal.append(records(1)).subscribe();
        waiting.dispose();

        assertThat(read()).containsExactly(0L);
    }

    @Test
    void withoutAReaderNothingCanBecomeDurable() {
        assertThat(journal.accepting()).isFalse();
        Disposable reader = journal.records(new Window(4096, Long.MAX_VALUE)).subscribe();
        assertThat(journal.accepting()).isTrue();
        reader.dispose();
        assertThat(journal.accepting()).isFalse();
    }

    @Test
    void theAgeIsTheOldests() {
        assertThat(journal.backlog().oldestAge()).isZero();
        read();
        journal.append(records(1)).subscribe();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> journal.backlog().oldestAge().toMillis() >= 20);
        long second = System.nanoTime();
        journal.append(records(1)).subscribe();
        journal.markPublished(0);
        Duration age = journal.backlog().oldestAge();
        assertThat(age).isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - second));
    }

    @Test
    void manyWritersAndAReaderThatPublishesFromElsewhereLoseNothing() throws Exception {
        int writers = 8;
        int appends = 2000;
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        ExecutorService publisher = Executors.newSingleThreadExecutor();
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            journal.records(new Window(4096, Long.MAX_VALUE)).subscribe(new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    request(16);
                }

                @Override
                protected void hookOnNext(JournaledRecord record) {
                    seen.add(record.sequence());
                    publisher.execute(() -> {
                        journal.markPublished(record.sequence());
                        request(1);
                    });
                }
            });
            CountDownLatch durable = new CountDownLatch(writers * appends);
            for (int writer = 0; writer < writers; writer++) {
                threads.execute(() -> {
                    for (int i = 0; i < appends; i++) {
                        append(durable);
                    }
                });
            }
            assertThat(durable.await(3, TimeUnit.MINUTES)).isTrue();
            assertThat(seen)
                    .isEqualTo(LongStream.range(0, (long) writers * appends)
                            .boxed()
                            .toList());
            assertThat(journal.backlog().bytes()).isZero();
        } finally {
            threads.shutdownNow();
            publisher.shutdownNow();
        }
    }

    private void append(CountDownLatch durable) {
        Mono.defer(() -> journal.append(records(1)))
                .filter(receipt -> receipt.isDurable())
                .repeatWhenEmpty(Integer.MAX_VALUE, full -> full)
                .subscribe(receipt -> durable.countDown());
    }

    private List<Long> read() {
        List<Long> sequences = new ArrayList<>();
        journal.records(new Window(4096, Long.MAX_VALUE))
                .map(JournaledRecord::sequence)
                .subscribe(sequences::add);
        return sequences;
    }

    static List<JournalRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new JournalRecord("t", null, List.of(), new byte[10]))
                .toList();
    }
}
