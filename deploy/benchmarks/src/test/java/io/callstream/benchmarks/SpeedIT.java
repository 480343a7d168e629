package io.callstream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.benchmarks.Report.Target;
import io.callstream.benchmarks.Results.Median;
import io.callstream.dialler.BodyForm;
import io.callstream.embeddedkafka.testing.BrokerProcess;
import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.GatewayApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Compares the speed of (a) a WebFlux application that only reads the form, (b) the gateway with either journal, and
 * (c) a bare producer. All are warmed up; (a) and (b) are measured in turn. There are two brokers, so that Kafka's
 * acknowledgement is a durable copy. The result is a page, {@code target/report/index.html}. It shows which targets are
 * missed. A missed target does not fail the test, because it can be due to the machine.
 */
@Tag("bench")
@Timeout(2700)
class SpeedIT {

    static final String FLATNESS = "Flatness: disk journal, top rate, 64 connections, 512 MB of heap";
    private static final String TOP = "Top rate, 64 connections, urlencoded";
    private static final String MULTIPART = "Top rate, 64 connections, multipart";
    private static final String HALF = "Half of the top rate, 64 connections, urlencoded";
    private static final String BEHIND =
            "Top rate, 64 connections, with 200,000 records waiting for Kafka at the start";
    private static final String BASELINE = "a: WebFlux, form, 200";
    private static final String MEMORY = "b: memory journal";
    private static final String DISK = "b: disk journal";
    private static final String PRODUCER = "c: bare producer";

    private static final int CONNECTIONS = 64;
    private static final int PAIRS = 7;
    private static final Duration WINDOW = Duration.ofSeconds(8);
    private static final Duration SHORT_WINDOW = Duration.ofSeconds(5);
    private static final int FEWEST_WARM_UPS = 7;
    private static final int MOST_WARM_UPS = 16;
    private static final double STEADY = 0.03;
    private static final long FLAT_MINUTES = Long.getLong("flat.minutes", 15);
    private static final List<String> TOPICS = List.of("calls.events", "calls.tasks", "calls.quarantine", "bare");

    private final Results results = new Results();

    @Test
    void besideWhatItCouldBeComparedWith() throws Exception {
        startUps();
        try (BrokerProcess broker = new BrokerProcess();
                BrokerProcess other = new BrokerProcess(broker)) {
            broker.launch();
            other.start();
            topics(broker.bootstrapServers());
            String kafka = "spring.kafka.bootstrap-servers=" + broker.bootstrapServers();
            try (Subject baseline = Subject.web(BASELINE, Baseline.class);
                    Subject memory =
                            Subject.web(MEMORY, GatewayApplication.class, kafka, "callstream.journal.form=memory");
                    Subject disk = Subject.web(
                            DISK,
                            GatewayApplication.class,
                            kafka,
                            "callstream.journal.folder=" + TestBroker.folder("journal"))) {
                for (Subject gateway : List.of(memory, disk)) {
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> gateway.said().contains("a 2xx rests on Kafka's acknowledgement"));
                }
                List<Subject> all = List.of(baseline, memory, disk);
                warmUp(all);
                interleaved(TOP, all, BodyForm.URLENCODED, CONNECTIONS, WINDOW, PAIRS);
                double top = results.median(TOP, DISK, Window::perSecond).value();
                for (int i = 0; i < PAIRS; i++) {
                    results.add(HALF, Window.of(disk, BodyForm.URLENCODED, CONNECTIONS, SHORT_WINDOW, top / 2));
                }
                interleaved("(multipart, warming up)", all, BodyForm.MULTIPART, CONNECTIONS, WINDOW, 2);
                for (int i = 0; i < PAIRS; i++) {
                    for (Subject subject : all) {
                        results.add(
                                MULTIPART, Window.atTopRate(subject, BodyForm.MULTIPART, CONNECTIONS, SHORT_WINDOW));
                    }
                    results.add(
                            MULTIPART,
                            Window.atTopRate(disk, BodyForm.URLENCODED, CONNECTIONS, SHORT_WINDOW)
                                    .as(DISK + ", urlencoded"));
                }
                for (int connections : new int[] {1, 16, 256}) {
                    interleaved(
                            "Top rate, %d connection(s), urlencoded".formatted(connections),
                            all,
                            BodyForm.URLENCODED,
                            connections,
                            SHORT_WINDOW,
                            3);
                }
                interleaved(
                        "Top rate, 64 connections, flat form",
                        List.of(disk),
                        BodyForm.FLAT,
                        CONNECTIONS,
                        SHORT_WINDOW,
                        3);
                producer(broker.bootstrapServers());
                flatness(disk);
                // Last, because the backlog takes a while to drain. Meanwhile each answer waits for the disk.
                behind(broker, other, disk);
            }
        }
        List<Target> targets = targets();
        Path page = Path.of("target", "report", "index.html");
        new Report(results).write(page, targets, machine());
        System.out.println("The report: " + page.toAbsolutePath());
        targets.forEach(target -> System.out.println((target.isReached() ? "reached  " : "MISSED   ") + target.what()
                + ": " + target.measured() + ", wanted " + target.wanted()));
        assertThat(results.windows().values().stream()
                        .flatMap(subjects -> subjects.values().stream())
                        .flatMap(List::stream)
                        .mapToLong(Window::failures))
                .as("callbacks that were not answered 2xx")
                .containsOnly(0L);
    }

    /** Warms each subject up until the CPU per callback of two successive windows differs by at most 3 %. */
    private static void warmUp(List<Subject> subjects) {
        for (Subject subject : subjects) {
            double last = Double.MAX_VALUE;
            double cost = Double.MAX_VALUE / 2;
            for (int i = 0; i < FEWEST_WARM_UPS || (i < MOST_WARM_UPS && Math.abs(last / cost - 1) > STEADY); i++) {
                last = cost;
                cost = Window.atTopRate(subject, BodyForm.URLENCODED, CONNECTIONS, WINDOW)
                        .cpuMicros();
            }
        }
    }

    private void interleaved(
            String experiment, List<Subject> subjects, BodyForm form, int connections, Duration length, int rounds) {
        for (int i = 0; i < rounds; i++) {
            // The order rotates, because the work that one subject leaves behind slows down the next one.
            List<Subject> order = new ArrayList<>(subjects);
            Collections.rotate(order, i);
            for (Subject subject : order) {
                results.add(experiment, Window.atTopRate(subject, form, connections, length));
            }
        }
    }

    /** Measures the producer in its own process, after three windows to warm up. */
    private void producer(String bootstrapServers) throws IOException {
        try (Subject producer = Subject.program(PRODUCER, BareProducer.class, bootstrapServers, "bare")) {
            for (int i = -3; i < PAIRS; i++) {
                long before = producer.lastNumber();
                Subject.Usage began = producer.usage();
                Awaitility.waitAtMost(WINDOW.plusSeconds(10))
                        .pollDelay(SHORT_WINDOW)
                        .until(() -> true);
                Subject.Usage ended = producer.usage();
                double records = producer.lastNumber() - before;
                if (i >= 0) {
                    results.add(
                            TOP,
                            new Window(
                                    PRODUCER,
                                    records / SHORT_WINDOW.toSeconds(),
                                    Double.NaN,
                                    Double.NaN,
                                    Double.NaN,
                                    ended.cpu().minus(began.cpu()).toNanos() / 1e3 / records,
                                    (ended.allocatedBytes() - began.allocatedBytes()) / records,
                                    (ended.switches() - began.switches()) / records,
                                    ended.residentBytes() / 1e6,
                                    0));
                }
            }
        }
    }

    /** Lets a backlog grow while Kafka is paused, and then measures the gateway while the backlog drains. */
    private void behind(BrokerProcess broker, BrokerProcess other, Subject disk) {
        broker.pause();
        other.pause();
        long waiting = 0;
        while (waiting < 200_000) {
            Window window = Window.atTopRate(disk, BodyForm.URLENCODED, CONNECTIONS, SHORT_WINDOW)
                    .as("while Kafka is stopped");
            results.add(BEHIND, window);
            waiting += (long) (window.perSecond() * SHORT_WINDOW.toSeconds());
        }
        broker.resume();
        other.resume();
        for (int i = 0; i < 6; i++) {
            results.add(
                    BEHIND,
                    Window.atTopRate(disk, BodyForm.URLENCODED, CONNECTIONS, SHORT_WINDOW)
                            .as("once it goes on"));
        }
    }

    private void flatness(Subject disk) {
        for (long i = 0; i < FLAT_MINUTES * 4; i++) {
            results.add(FLATNESS, Window.atTopRate(disk, BodyForm.URLENCODED, CONNECTIONS, Duration.ofSeconds(15)));
        }
    }

    /** Measures the start on each JDK of this machine, packaged as for operators. */
    private void startUps() throws Exception {
        Path jar = Path.of("..", "..", "gateway", "target", "callstream-gateway-exec.jar")
                .toAbsolutePath()
                .normalize();
        for (Map.Entry<String, Path> jdk : StartUp.jdks().entrySet()) {
            try (StartUp start = StartUp.of(jdk.getKey(), jdk.getValue(), jar)) {
                for (int i = 0; i < PAIRS; i++) {
                    StartUp.Once once = start.once();
                    results.add("Start on %s, s".formatted(jdk.getKey()), once.seconds());
                    results.add("Idle on %s, MB".formatted(jdk.getKey()), once.residentMegabytes());
                }
            }
        }
    }

    private List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (String subject : List.of(DISK, MEMORY)) {
            Median ratio = results.ratio(TOP, subject, TOP, BASELINE, Window::cpuMicros);
            targets.add(new Target(
                    "CPU per callback, %s, over (a)".formatted(subject),
                    "≤ 1.5 ×",
                    ratio.text("%.2f"),
                    ratio.value() <= 1.5));
        }
        Median multipart = results.ratio(MULTIPART, DISK, MULTIPART, DISK + ", urlencoded", Window::cpuMicros);
        targets.add(new Target(
                "CPU of multipart over urlencoded", "≤ 1.15 ×", multipart.text("%.2f"), multipart.value() <= 1.15));
        Median p99 = results.median(TOP, DISK, Window::p99);
        targets.add(new Target("p99 at the top rate", "≤ 20 ms", p99.text("%.1f"), p99.value() <= 20));
        Median half = results.median(HALF, DISK, Window::p99);
        targets.add(new Target("p99 at half of it", "≤ 10 ms", half.text("%.1f"), half.value() <= 10));
        Median allocated = results.median(TOP, DISK, window -> window.allocatedBytes() / 1024);
        targets.add(new Target("allocated per callback", "≤ 12 KB", allocated.text("%.1f"), allocated.value() <= 12));
        List<Window> flat = results.of(FLATNESS, DISK);
        if (flat.size() >= 8) {
            Median first = Median.of(
                    flat.stream().limit(flat.size() / 4).map(Window::perSecond).toList());
            Median last = Median.of(flat.stream()
                    .skip(flat.size() * 3L / 4)
                    .map(Window::perSecond)
                    .toList());
            targets.add(new Target(
                    "%d minutes at the top rate, last quarter's rate over the first's".formatted(FLAT_MINUTES),
                    "flat: ≥ 0.95",
                    "%.2f".formatted(last.value() / first.value()),
                    last.value() / first.value() >= 0.95));
        }
        Map.of("JDK 17", 4.0, "JDK 25", 2.0).forEach((jdk, most) -> {
            if (results.has("Start on %s, s".formatted(jdk))) {
                Median start = results.median("Start on %s, s".formatted(jdk));
                targets.add(new Target(
                        "start to accepting, %s, s".formatted(jdk),
                        "≤ " + most,
                        start.text("%.2f"),
                        start.value() <= most));
                Median idle = results.median("Idle on %s, MB".formatted(jdk));
                targets.add(new Target("idle, %s, MB".formatted(jdk), "≤ 250", idle.text("%.0f"), idle.value() <= 250));
            }
        });
        return targets;
    }

    private static void topics(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(TOPICS.stream()
                            .map(topic -> new NewTopic(topic, 12, (short) 2)
                                    .configs(Map.of(
                                            "min.insync.replicas", "2",
                                            "message.timestamp.type", "LogAppendTime",
                                            // The disk must not fill up during the test.
                                            "retention.bytes", "33554432",
                                            "segment.bytes", "16777216")))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static String machine() throws IOException {
        String model = "";
        Path cpu = Path.of("/proc/cpuinfo");
        if (Files.exists(cpu)) {
            try (Stream<String> lines = Files.lines(cpu)) {
                model = lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.replaceAll(".*: ", ""))
                        .findFirst()
                        .orElse("");
            }
        }
        return "%d processors (%s), %s, JDK %s, two brokers, -Xmx512m each for what is measured."
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        model,
                        System.getProperty("os.name"),
                        System.getProperty("java.version"));
    }
}
