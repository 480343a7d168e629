package io.callstream.gateway.journal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callstream.gateway.journal.Backlog;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.journal.Durability;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.journal.RecordHeader;
import io.callstream.gateway.journal.Window;
import io.callstream.gateway.journal.files.FolderStorage;
import io.callstream.gateway.journal.files.Identity;
import io.callstream.gateway.journal.files.JournalInspection;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import org.springframework.util.FileSystemUtils;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/** Tests the journal on real files and threads. {@link DiskJournalModelTest} tests what a disk may do. */
@Timeout(60)
class DiskJournalTest {

    private static final Limits ROOMY =
            new Limits(1 << 30, 1 << 20, 4 << 20, 0, Duration.ofMillis(300), Duration.ofMillis(1500));

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private DiskJournal journal;

    @AfterEach
    void close() throws IOException {
        if (journal != null) {
            journal.close();
        }
    }

    private DiskJournal open(Limits limits) throws IOException {
        return open(limits, () -> null);
    }

    /** @param before runs before each fsync of a segment */
    private DiskJournal open(Limits limits, Callable<Void> before) throws IOException {
        return open(limits, before, () -> null);
    }

    /**
     * @param before runs before each fsync of a segment
     * @param beforeCursor runs before each sync of the cursor
     */
    private DiskJournal open(Limits limits, Callable<Void> before, Callable<Void> beforeCursor) throws IOException {
        close();
        journal = new DiskJournal(
                new FaultyStorage(FolderStorage.of(folder), before, beforeCursor),
                limits,
                Threads.real(),
                new GatewayMetrics(meters));
        return journal;
    }

    @Test
    void whatWasNotPublishedIsTheNextRunsUnderTheSameNames() throws Exception {
        open(ROOMY);
        String id = journal.id();
        assertThat(append("a", "b", "c")).isEqualTo(Receipt.ON_DISK);
        List<JournaledRecord> first = read(3);
        journal.markPublished(first.get(0).sequence());

        open(ROOMY);
        assertThat(append("d")).isEqualTo(Receipt.ON_DISK);
        List<JournaledRecord> second = read(3);
        assertThat(journal.id()).isEqualTo(id);
        assertThat(second.stream().map(DiskJournalTest::text)).containsExactly("b", "c", "d");
        assertThat(second.get(0).sequence()).isEqualTo(first.get(1).sequence());
        assertThat(second.get(1).sequence()).isEqualTo(first.get(2).sequence());
        assertThat(second.get(2).sequence()).isGreaterThan(first.get(2).sequence());
        JournalRecord record = second.get(0).record();
        assertThat(record.topic()).isEqualTo("calls.events");
        assertThat(record.key()).isEqualTo(new byte[] {'k'});
        assertThat(record.headers())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(new RecordHeader("h", new byte[] {1}));
    }

    @Test
    void whatGathersAtAStopIsKept() throws Exception {
        open(ROOMY);
        journal.destination(new Destination(true, Map.of()));
        CompletableFuture<Receipt> told = journal.append(records("gathers")).toFuture();
        journal.close();
        assertThat(told).isCompletedWithValue(Receipt.ON_DISK);

        journal = null;
        open(ROOMY);
        assertThat(read(1).stream().map(DiskJournalTest::text)).containsExactly("gathers");
    }

    @Test
    void onlyItsOwnerReadsIt() throws Exception {
        open(ROOMY);
        append("a");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(4)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void twoNeverShareAFolder() throws Exception {
        open(ROOMY);
        assertThatThrownBy(() -> FolderStorage.of(folder))
                .isInstanceOf(FolderStorage.TakenException.class)
                .hasMessageContaining("in use by another process");
        assertThat(JournalInspection.of(folder).inUse()).isTrue();
        journal.close();
        journal = null;
        assertThat(JournalInspection.of(folder).inUse()).isFalse();
    }

    @Test
    void aLaterReleasesFolderIsLeftAlone() throws Exception {
        open(ROOMY).close();
        journal = null;
        Path format = folder.resolve(Identity.FILE);
        String values = "callstream-journal 2 someone 0000000000000000 0";
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(values.getBytes(StandardCharsets.US_ASCII));
        Files.writeString(format, "%s %08x%n".formatted(values, crc.getValue()));
        assertThatThrownBy(() -> open(ROOMY))
                .isInstanceOf(Identity.UnknownVersionException.class)
                .hasMessage("The journal's folder is of format 2, this release knows 1.");
    }

    /** The first release with a disk journal wrote this folder. Every later release must read it. */
    @Test
    void theFirstReleasesFolderIsRead() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/released/journal-1"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        open(ROOMY);
        assertThat(journal.id()).isEqualTo("a1f3a7b2-released-1");
        List<JournaledRecord> records = read(2);
        assertThat(records.stream().map(JournaledRecord::sequence)).containsExactly(1L, 2L);
        assertThat(records.stream().map(DiskJournalTest::text)).containsExactly("second", "third");
    }

    @Test
    void kafkasOwnToolReadsASegment() throws Exception {
        open(ROOMY);
        append("one", "two");
        append("three");
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "kafka.tools.DumpLogSegments",
                        "--deep-iteration",
                        "--print-data-log",
                        "--files",
                        folder.resolve("00000000000000000000.log").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor()).as(said).isZero();
        assertThat(said)
                .contains("Log starting offset: 0")
                .contains("isvalid: true")
                .contains("offset: 2 ")
                .contains("payload: three")
                .doesNotContain("isvalid: false");
    }

    @Test
    void kafkasWordCountsOnlyWhereItIsSaidTo() throws Exception {
        open(new Limits(1 << 30, 1 << 20, 4 << 20, 0, Duration.ofMillis(450), Duration.ofMillis(1500)));
        assertThat(journal.durability()).isEqualTo(Durability.DISK);
        append("fsynced");
        assertThat(syncs()).isEqualTo(1);
        List<JournaledRecord> records = read(1);
        journal.markPublished(records.get(0).sequence());

        journal.destination(new Destination(true, Map.of()));
        assertThat(journal.durability()).isEqualTo(Durability.KAFKA_OR_DISK);
        List<Receipt> receipts = Collections.synchronizedList(new ArrayList<>());
        journal.records(new Window(10, Long.MAX_VALUE)).subscribe(record -> journal.markPublished(record.sequence()));
        journal.append(records("acknowledged")).subscribe(receipts::add);
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> receipts.contains(Receipt.IN_KAFKA));
        assertThat(syncs()).as("nothing was synced for it").isEqualTo(1);
    }

    @Test
    void whatKafkaDoesNotAcknowledgeInTimeIsSynced() throws Exception {
        open(ROOMY);
        journal.destination(new Destination(true, Map.of()));
        long began = System.nanoTime();
        assertThat(append("waits")).isEqualTo(Receipt.ON_DISK);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(290));
    }

    @Test
    void aFullJournalRefusesAndSaysWhenToComeBack() throws Exception {
        open(new Limits(1 << 20, 1 << 16, 4 << 20, 0, Duration.ofMillis(300), Duration.ofMillis(1500)));
        String large = "x".repeat(10_000);
        int taken = 0;
        while (append(large).isDurable()) {
            taken++;
        }
        assertThat(taken).isBetween(90, 105);
        assertThat(journal.accepting()).isFalse();
        assertThat(journal.retryAfter()).isEqualTo(Duration.ofMinutes(1));
        assertThat(journal.backlog().bytes()).isLessThanOrEqualTo(1 << 20);

        journal.records(new Window(100, Long.MAX_VALUE)).subscribe(record -> journal.markPublished(record.sequence()));
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> journal.backlog().records() == 0);
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> journal.accepting());
        assertThat(journal.retryAfter()).isLessThan(Duration.ofMinutes(1));
        assertThat(append(large)).isEqualTo(Receipt.ON_DISK);
    }

    @Test
    void largeRecordsOneAfterTheOtherAreTakenBeyondWhatMemoryHolds() throws Exception {
        open(ROOMY);
        String large = "x".repeat(ROOMY.memory() / 10);
        for (int i = 0; i < 30; i++) {
            assertThat(append(large)).as("record %d", i).isEqualTo(Receipt.ON_DISK);
        }
    }

    @Test
    void aFolderThatDisappearsIsNoticed() throws Exception {
        open(ROOMY);
        append("before");
        FileSystemUtils.deleteRecursively(folder);
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> !journal.accepting());
        assertThat(append("nowhere")).isEqualTo(Receipt.FAILING);
        assertThat(journal.trouble()).startsWith("The journal's folder or a file in it was removed");
        assertThat(read(1).stream().map(DiskJournalTest::text)).containsExactly("before");
    }

    @Test
    void aSegmentThatDisappearsIsNoticed() throws Exception {
        open(ROOMY);
        append("before");
        Files.delete(folder.resolve("00000000000000000000.log"));
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> !journal.accepting());
    }

    @Test
    void noMoreBytesAreHandedOutThanTheWindowHasButForOneRecord() throws Exception {
        open(ROOMY);
        append("x".repeat(600), "y".repeat(600), "z".repeat(600));
        List<JournaledRecord> out = Collections.synchronizedList(new ArrayList<>());
        journal.records(new Window(10, 500)).subscribe(out::add);
        for (int i = 1; i <= 3; i++) {
            int expected = i;
            Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> out.size() == expected);
            journal.markPublished(out.get(i - 1).sequence());
        }
    }

    @Test
    void whatIsPublishedBeforeItsFsyncIsNotOldAfterIt() throws Exception {
        Semaphore fsync = new Semaphore(0);
        open(ROOMY, () -> {
            fsync.acquire();
            return null;
        });
        CompletableFuture<Receipt> told = journal.append(records("early")).toFuture();
        journal.records(new Window(10, 500)).subscribe(record -> journal.markPublished(record.sequence()));
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> journal.backlog().records() == 0);
        assertThat(journal.backlog().oldestAge()).isZero();
        fsync.release(1000);
        assertThat(told.get(3, TimeUnit.MINUTES)).isEqualTo(Receipt.ON_DISK);
        assertThat(meters.get("callstream.journal.memory.size").gauge().value()).isZero();
        assertThat(journal.backlog())
                .isEqualTo(new Backlog(0, journal.backlog().bytes(), Duration.ZERO, Duration.ZERO, 0, 0, 1, 1));
    }

    @Test
    void anotherProgramsRoomOnTheDiskIsLeftToIt() throws Exception {
        open(new Limits(1 << 30, 1 << 20, 4 << 20, Long.MAX_VALUE, Duration.ofMillis(300), Duration.ofMillis(1500)));
        assertThat(append("no room")).isEqualTo(Receipt.FAILING);
        assertThat(journal.accepting()).isFalse();
    }

    @Test
    void manyWritersAndAReaderThatFallsBehindOntoTheDiskLoseNothing() throws Exception {
        open(new Limits(1 << 30, 1 << 18, 1 << 18, 0, Duration.ofMillis(300), Duration.ofMillis(1500)));
        int writers = 8;
        int appends = 3000;
        CountDownLatch durable = new CountDownLatch(writers * appends);
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        ExecutorService publisher = Executors.newSingleThreadExecutor();
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            for (int writer = 0; writer < writers; writer++) {
                threads.execute(() -> {
                    for (int i = 0; i < appends; i++) {
                        Mono.defer(() -> journal.append(records("x")))
                                .filter(receipt -> receipt.isDurable())
                                .repeatWhenEmpty(Integer.MAX_VALUE, full -> full)
                                .block();
                        durable.countDown();
                    }
                });
            }
            Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> durable.getCount() < writers * appends / 2);
            journal.records(new Window(64, Long.MAX_VALUE)).subscribe(new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    request(64);
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
            assertThat(durable.await(3, TimeUnit.MINUTES)).isTrue();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> journal.backlog().records() == 0);
            assertThat(seen)
                    .isEqualTo(LongStream.range(0, (long) writers * appends)
                            .boxed()
                            .toList());
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> JournalInspection.of(folder).segments().size() == 1);
        } finally {
            threads.shutdownNow();
            publisher.shutdownNow();
        }
    }

    @Test
    void aDiskThatHangsIsNoReasonToWaitForEver() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        open(ROOMY, () -> {
            hangs.await();
            return null;
        });
        assertThat(journal.accepting()).isTrue();
        assertThat(append("waits")).isEqualTo(Receipt.UNKNOWN);
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> !journal.accepting());
        assertThat(meters.get("callstream.journal.memory.size").gauge().value()).isPositive();

        hangs.countDown();
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> journal.accepting());
        assertThat(append("is taken")).isEqualTo(Receipt.ON_DISK);
    }

    @Test
    void aStopOnADiskThatHangsReturns() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        open(ROOMY, () -> null, () -> {
            hangs.await();
            return null;
        });
        assertThat(append("is kept")).isEqualTo(Receipt.ON_DISK);
        try {
            journal.close();
        } finally {
            hangs.countDown();
        }
        journal = null;
        open(ROOMY);
        assertThat(read(1).stream().map(DiskJournalTest::text)).containsExactly("is kept");
    }

    @Test
    void aFaultOfOurOwnDoesNotEndTheWriter() throws Exception {
        AtomicInteger left = new AtomicInteger(2);
        open(ROOMY, () -> {
            if (left.getAndDecrement() > 0) {
                throw new OutOfMemoryError("injected");
            }
            return null;
        });
        assertThat(append("in spite of it")).isEqualTo(Receipt.ON_DISK);
        assertThat(read(1).stream().map(DiskJournalTest::text)).containsExactly("in spite of it");
        assertThat(meters.get("callstream.journal.failures").counter().count()).isEqualTo(2);
    }

    @Test
    void inspectionTellsWhatWaitsAndWhatIsDamaged() throws Exception {
        open(ROOMY);
        append("a", "b");
        append("c");
        append("d");
        journal.markPublished(read(1).get(0).sequence());
        journal.close();
        journal = null;
        Path segment = folder.resolve("00000000000000000000.log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 4;
        Files.write(segment, bytes);

        JournalInspection found = JournalInspection.of(folder);
        assertThat(found.cursor()).isEqualTo(1);
        assertThat(found.waiting()).isEqualTo(2);
        assertThat(found.segments()).hasSize(1);
        assertThat(found.segments().get(0).records()).isEqualTo(3);
        assertThat(found.segments().get(0).damage()).hasSize(1);
        assertThat(found.segments().get(0).oldest()).isNotNull();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).as("it changes nothing").hasSize(4);
        }
    }

    private double syncs() {
        return meters.get("callstream.journal.sync.time").timer().count();
    }

    private Receipt append(String... texts) {
        return journal.append(records(texts)).block();
    }

    private List<JournaledRecord> read(int count) {
        return journal.records(new Window(100, Long.MAX_VALUE))
                .take(count)
                .collectList()
                .block();
    }

    private static List<JournalRecord> records(String... texts) {
        return Stream.of(texts)
                .map(text -> new JournalRecord(
                        "calls.events",
                        new byte[] {'k'},
                        List.of(new RecordHeader("h", new byte[] {1})),
                        text.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private static String text(JournaledRecord record) {
        return new String(record.record().value(), StandardCharsets.UTF_8);
    }
}
