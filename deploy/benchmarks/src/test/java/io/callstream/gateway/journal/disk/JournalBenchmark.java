package io.callstream.gateway.journal.disk;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.RecordHeader;
import io.callstream.gateway.journal.Window;
import io.callstream.gateway.journal.files.FolderStorage;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.Disposable;

/**
 * Measures how records are appended to the disk journal, 256 at a time, read from it and marked as published. It runs
 * once with Kafka's acknowledgement as the durable copy and once with an fsync for each group.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JournalBenchmark {

    private static final int AT_A_TIME = 256;
    private static final int BACKLOG = 20_000;

    @Param({"false", "true"})
    public boolean acknowledgementCounts;

    private static final JournalRecord RECORD = new JournalRecord(
            "calls.events",
            "863ff91e-6a7a-11eb-acf1-5107cdf1d50a".getBytes(StandardCharsets.UTF_8),
            List.of(new RecordHeader("ce_id", new byte[32]), new RecordHeader("ce_type", new byte[30])),
            new byte[900]);
    private DiskJournal journal;
    private Disposable reader;

    @Setup(Level.Iteration)
    public void open() throws IOException {
        journal = open(TestBroker.folder("journal"), acknowledgementCounts);
    }

    private static DiskJournal open(Path folder, boolean acknowledgementCounts) throws IOException {
        DiskJournal journal = new DiskJournal(
                FolderStorage.of(folder),
                new Limits(1L << 30, 64 << 20, 32 << 20, 0, Duration.ofMillis(300), Duration.ofSeconds(2)),
                Threads.real(),
                new GatewayMetrics(new SimpleMeterRegistry()));
        journal.destination(new Destination(acknowledgementCounts, Map.of()));
        return journal;
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        if (reader != null) {
            reader.dispose();
            reader = null;
        }
        journal.close();
    }

    @Benchmark
    @OperationsPerInvocation(AT_A_TIME)
    public void append() throws InterruptedException {
        if (reader == null) {
            reader = journal.records(new Window(512, Long.MAX_VALUE))
                    .subscribe(next -> journal.markPublished(next.sequence()));
        }
        append(journal, AT_A_TIME);
    }

    /** Reads the unpublished records of an earlier run from disk. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OperationsPerInvocation(BACKLOG)
    public void read(Left left) throws InterruptedException {
        CountDownLatch read = new CountDownLatch(BACKLOG);
        left.journal.records(new Window(512, Long.MAX_VALUE)).subscribe(next -> {
            left.journal.markPublished(next.sequence());
            read.countDown();
        });
        read.await();
    }

    /** A journal that was closed with unpublished records and opened again. */
    @State(Scope.Thread)
    public static class Left {

        private DiskJournal journal;

        @Setup(Level.Iteration)
        public void leave() throws IOException, InterruptedException {
            Path folder = TestBroker.folder("journal");
            journal = open(folder, true);
            for (int i = 0; i < BACKLOG / AT_A_TIME + 1; i++) {
                JournalBenchmark.append(journal, AT_A_TIME);
            }
            journal.close();
            journal = open(folder, true);
        }

        @TearDown(Level.Iteration)
        public void close() throws IOException {
            journal.close();
        }
    }

    private static void append(DiskJournal journal, int count) throws InterruptedException {
        CountDownLatch told = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            journal.append(List.of(RECORD)).subscribe(receipt -> told.countDown());
        }
        told.await();
    }
}
