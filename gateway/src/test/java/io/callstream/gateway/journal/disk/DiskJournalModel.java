package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.Backlog;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.JournaledRecord;
import io.callstream.gateway.journal.RecordHeader;
import io.callstream.gateway.journal.Window;
import io.callstream.gateway.journal.files.Cursor;
import io.callstream.gateway.journal.files.Identity;
import io.callstream.gateway.journal.files.RecordBatch;
import io.callstream.gateway.journal.files.SegmentName;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * Runs one random life of a disk journal on the worst possible disk. It appends records, a Kafka accepts them or not,
 * and readers start again. Writes fail, the disk is full, bits flip, and a kill or a power loss can come at any
 * operation. After a last start, every record must be published.
 *
 * <p>The journal's guarantees are checked all the time. A violation throws an {@link AssertionError} that names it.
 */
final class DiskJournalModel {

    private static final GatewayMetrics METRICS = new GatewayMetrics(new SimpleMeterRegistry());
    private static final int WINDOW = 6;
    private static final Duration ANSWER_WITHIN = Duration.ofMillis(1500);

    private final Random random;
    private final ModelStorage disk;
    private final boolean bitsFlip;
    private int crashes;

    /** The records that were passed to append, in that order. The index is the number in the record's value. */
    private final List<JournalRecord> appended = new ArrayList<>();
    /** The numbers of the records that were answered durable. */
    private final Set<Integer> durable = new HashSet<>();
    /** The numbers of the records in Kafka, in the order of their arrival. */
    private final List<Integer> kafka = new ArrayList<>();

    private final Set<Integer> inKafka = new HashSet<>();
    /** The numbers of the records that a flipped bit has hit. They may be missing. */
    private final Set<Integer> hit = new HashSet<>();
    /** The content of damaged files before their first bit flipped. */
    private final Map<String, byte[]> unhurt = new HashMap<>();

    /** The files in which one of the two copies was damaged since the last start. */
    private final Set<String> halved = new HashSet<>();

    private final Map<String, List<Integer>> repaired = new HashMap<>();

    /** The number of the record, by journal id and sequence. */
    private final Map<String, Integer> sequences = new HashMap<>();

    private final Map<Integer, String> origins = new HashMap<>();

    // The state of one process.
    private ModelThreads threads;
    private DiskJournal journal;
    private Reader reader;
    private Window window;
    /** The time of each unanswered append, by the number of its first record. */
    private final Map<Integer, Long> waiting = new HashMap<>();

    /** The records that were in Kafka when the process started. */
    private Set<Integer> before = Set.of();

    private final Set<Integer> repeated = new HashSet<>();
    /** Whether every process so far has left all that it wrote: no power loss and no flipped bits. */
    private boolean whole = true;

    private DiskJournalModel(long seed) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.disk = new ModelStorage(random);
        this.bitsFlip = random.nextInt(4) == 0;
    }

    /**
     * Runs one life.
     *
     * @return how many processes have ended in it
     */
    static int live(long seed) {
        DiskJournalModel model = new DiskJournalModel(seed);
        try {
            model.live();
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError("Seed %dL: %s".formatted(seed, e), e);
        }
        return model.crashes;
    }

    private void live() throws IOException {
        int processes = 1 + random.nextInt(6);
        boolean powerFails = random.nextBoolean();
        for (int process = 0; process < processes; process++) {
            disk.crashAfter(random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt(60));
            boolean powerLost = powerFails && random.nextBoolean();
            try {
                start();
                run(20 + random.nextInt(80));
            } catch (ModelStorage.Crash e) {
                // The crash is intended.
            }
            crashes++;
            disk.restart(powerLost);
            if (bitsFlip && random.nextBoolean()) {
                flip();
            }
            whole &= !powerLost && !bitsFlip;
        }
        start();
        if (random.nextBoolean()) {
            // A process with failing writes must recover, too.
            run(60);
        }
        heal();
        check();
    }

    private void start() throws IOException {
        threads = new ModelThreads();
        journal = new DiskJournal(
                disk, new Limits(30_000, 2_000, 40_000, 1, Duration.ofMillis(300), ANSWER_WITHIN), threads, METRICS);
        reader = null;
        halved.clear();
        window = new Window(WINDOW, random.nextBoolean() ? Long.MAX_VALUE : 500);
        before = new HashSet<>(inKafka);
        repeated.clear();
        waiting.clear();
        disk.meanwhile(this::others);
    }

    private void run(int steps) {
        double failures = random.nextInt(3) == 0 ? 0.1 : 0;
        for (int step = 0; step < steps; step++) {
            disk.failing(failures);
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> append();
                case 3, 4 -> threads.writer().run();
                case 5 -> threads.loader().run();
                case 6 -> pass(random.nextInt(400));
                case 7 -> publish();
                case 8, 9 -> {
                    if (reader != null) {
                        reader.request(1 + random.nextInt(4));
                    }
                }
                case 10 -> {
                    if (reader == null || random.nextInt(4) == 0) {
                        reader = new Reader();
                    }
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        journal.destination(new Destination(random.nextBoolean(), Map.of()));
                    } else if (random.nextInt(8) == 0) {
                        disk.full(random.nextBoolean());
                    }
                }
            }
            journal.retryAfter();
            Backlog backlog = journal.backlog();
            require(backlog.records() >= 0, "the backlog is a number");
            require(
                    backlog.records() > 0 || backlog.oldestAge().isZero(),
                    "nothing is unpublished, so nothing is old: " + backlog);
            journal.accepting();
            if (disk.hasCrashed()) {
                throw new ModelStorage.Crash();
            }
            if (reader != null) {
                reader.check();
            }
        }
        disk.failing(0);
    }

    /** What other threads can do while the writer waits for the disk. */
    private void others() {
        switch (random.nextInt(12)) {
            case 0 -> append();
            case 1, 2 -> publish();
            case 3 -> threads.loader().run();
            case 4 -> pass(random.nextInt(400));
            default -> {}
        }
    }

    private void pass(long millis) {
        threads.pass(millis);
        long now = threads.nanoTime();
        waiting.forEach((number, since) -> require(
                now - since < ANSWER_WITHIN.toNanos(), "append of record %d is answered in time".formatted(number)));
    }

    private void append() {
        List<JournalRecord> records = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int number = appended.size();
            byte[] value = Arrays.copyOf(
                    "%08d".formatted(number).getBytes(StandardCharsets.US_ASCII), 8 + random.nextInt(300));
            JournalRecord record = new JournalRecord(
                    number % 2 == 0 ? "even" : "odd",
                    number % 3 == 0 ? null : new byte[] {(byte) number},
                    List.of(new RecordHeader("n", new byte[] {(byte) (number >> 8)})),
                    value);
            appended.add(record);
            numbers.add(number);
            records.add(record);
        }
        waiting.put(numbers.get(0), threads.nanoTime());
        journal.append(records).subscribe(receipt -> {
            waiting.remove(numbers.get(0));
            if (receipt.isDurable()) {
                durable.addAll(numbers);
            }
        });
    }

    /** Kafka stores the next few records that were handed out. It may acknowledge one of its unacknowledged records. */
    private void publish() {
        if (reader == null) {
            return;
        }
        reader.take(random.nextInt(4));
        if (!reader.taken.isEmpty() && random.nextInt(4) > 0) {
            journal.markPublished(
                    reader.taken.remove(random.nextInt(reader.taken.size())).sequence());
        }
    }

    private void flip() {
        List<String> segments = disk.names().stream()
                .filter(name -> SegmentName.of(name) != null && disk.content(name).length > 0)
                .sorted()
                .toList();
        Map<String, List<Integer>> places = new HashMap<>();
        for (String twofold : List.of(Identity.FILE, Cursor.FILE)) {
            // One copy is damaged, so the other one must stay intact until a start has written both again.
            if (disk.names().contains(twofold)
                    && disk.content(twofold).length > 0
                    && random.nextBoolean()
                    && halved.add(twofold)) {
                places.put(twofold, List.of(random.nextInt(disk.content(twofold).length)));
            }
        }
        for (int i = random.nextInt(3); i >= 0 && !segments.isEmpty(); i--) {
            String name = segments.get(random.nextInt(segments.size()));
            places.computeIfAbsent(name, n -> new ArrayList<>()).add(random.nextInt(disk.content(name).length));
        }
        places.forEach((name, bytes) -> {
            boolean alone = bytes.size() == 1 && !unhurt.containsKey(name);
            byte[] before = unhurt.computeIfAbsent(name, n -> disk.content(n).clone());
            for (int at : bytes) {
                disk.flip(name, at);
                // Damage before the checksum can be repaired, unless the neighbouring batch is damaged as well.
                List<Integer> all = numbersIn(before, at, 0);
                if (alone) {
                    repaired.put(name, all);
                }
                hit.addAll(alone ? numbersIn(before, at, 17) : all);
                hit.addAll(alone ? List.of() : repaired.getOrDefault(name, List.of()));
            }
        });
    }

    /**
     * Returns the numbers of the records in the batch that contains the byte {@code hit}. Returns none if the byte is
     * among the first {@code behind} bytes of the batch, and the next batch is intact or there is none.
     */
    private static List<Integer> numbersIn(byte[] segment, int hit, int behind) {
        List<Integer> numbers = new ArrayList<>();
        int at = 0;
        for (RecordBatch batch; (batch = batchAt(segment, at)) != null; at += batch.bytes()) {
            int end = at + batch.bytes();
            if (hit < end) {
                boolean neighbour = end == segment.length || batchAt(segment, end) != null;
                if (hit >= at + behind || !neighbour) {
                    batch.records().forEach(record -> numbers.add(number(record.record())));
                }
                return numbers;
            }
        }
        return numbers;
    }

    private static RecordBatch batchAt(byte[] segment, int at) {
        ByteBuffer bytes = ByteBuffer.wrap(segment);
        int left = segment.length - at;
        int length = left < RecordBatch.HEAD ? -1 : RecordBatch.length(bytes, at);
        return length < RecordBatch.HEAD || length > left
                ? null
                : RecordBatch.whole(bytes, at, length, 0, RecordBatch.ANY);
    }

    /** Ends all faults. Then all stored records and a new one must be published. */
    private void heal() {
        disk.crashAfter(Integer.MAX_VALUE);
        reader = new Reader();
        settle();
        require(journal.backlog().records() == 0, "it heals: " + journal.backlog());
        require(journal.backlog().oldestAge().isZero(), "nothing waits and is old: " + journal.backlog());
        require(journal.accepting(), "it accepts");
        append();
        settle();
        require(durable.contains(appended.size() - 1), "a fresh callback is durable");
        require(inKafka.contains(appended.size() - 1), "a fresh callback is published");
        long segments = disk.names().stream()
                .filter(name -> SegmentName.of(name) != null)
                .count();
        require(segments <= 2, segments + " segments are left");
    }

    /** Lets time pass until nothing more happens. */
    private void settle() {
        disk.failing(0);
        disk.full(false);
        disk.meanwhile(() -> {});
        for (int idle = 0; idle < 100; idle++) {
            pass(20);
            while (threads.writer().run() || threads.loader().run()) {
                idle = 0;
            }
            reader.request(3);
            reader.take(3);
            while (!reader.taken.isEmpty()) {
                idle = 0;
                journal.markPublished(reader.taken.remove(0).sequence());
            }
            reader.check();
        }
    }

    private void check() {
        Set<Integer> lost = new HashSet<>(durable);
        lost.removeAll(inKafka);
        lost.removeAll(hit);
        require(lost.isEmpty(), "acknowledged but lost: " + lost);
        int last = -1;
        Set<Integer> seen = new HashSet<>();
        for (int number : kafka) {
            if (seen.add(number)) {
                require(number > last, "first emissions are in order: %d after %d".formatted(number, last));
                last = number;
            }
        }
    }

    private static int number(JournalRecord record) {
        return Integer.parseInt(new String(record.value(), 0, 8, StandardCharsets.US_ASCII));
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("Not so: " + what);
        }
    }

    private static boolean areEqual(List<Header> some, List<Header> others) {
        boolean equal = some.size() == others.size();
        for (int i = 0; equal && i < some.size(); i++) {
            equal = some.get(i).key().equals(others.get(i).key())
                    && Arrays.equals(some.get(i).value(), others.get(i).value());
        }
        return equal;
    }

    /** The relay, and Kafka behind it. */
    private final class Reader extends BaseSubscriber<JournaledRecord> {

        private final List<JournaledRecord> handedOut = new ArrayList<>();
        private final List<JournaledRecord> taken = new ArrayList<>();
        private Throwable failure;

        Reader() {
            journal.records(window).subscribe(this);
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(JournaledRecord record) {
            require(this == reader || reader == null, "the former reader hears no more");
            int number = number(record.record());
            JournalRecord was = appended.get(number);
            require(
                    was.topic().equals(record.record().topic())
                            && Arrays.equals(was.key(), record.record().key())
                            && areEqual(was.headers(), record.record().headers())
                            && Arrays.equals(was.value(), record.record().value()),
                    "record %d is as it was appended".formatted(number));
            String origin = journal.id() + ':' + record.sequence();
            require(sequences.merge(origin, number, (former, now) -> former) == number, origin + " names one record");
            require(
                    origins.merge(number, origin, (former, now) -> former).equals(origin),
                    "record %d has one origin".formatted(number));
            if (whole && before.contains(number)) {
                repeated.add(number);
                require(repeated.size() <= WINDOW, "no more than a window is repeated after a kill: " + repeated);
            }
            handedOut.add(record);
            int out = handedOut.size() + taken.size();
            require(out <= WINDOW, "no more than the window is out");
            long bytes = Stream.concat(handedOut.stream(), taken.stream())
                    .mapToLong(published -> published.record().bytes())
                    .sum();
            require(out == 1 || bytes <= window.bytes(), "no more bytes than the window's are out");
        }

        /** A requirement above that fails throws, and the error arrives here. */
        @Override
        protected void hookOnError(Throwable unmet) {
            failure = unmet;
        }

        void check() {
            if (failure != null) {
                throw new AssertionError(failure.getMessage(), failure);
            }
        }

        /** Kafka stores the next records that were handed out, in order. */
        void take(int count) {
            for (int i = 0; i < count && !handedOut.isEmpty(); i++) {
                JournaledRecord record = handedOut.remove(0);
                int number = number(record.record());
                kafka.add(number);
                inKafka.add(number);
                taken.add(record);
            }
        }
    }
}
