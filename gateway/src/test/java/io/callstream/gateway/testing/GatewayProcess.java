package io.callstream.gateway.testing;

import io.callstream.embeddedkafka.testing.TestBroker;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A gateway in its own process, so that a test can kill it and start it again with the same journal. */
public final class GatewayProcess implements AutoCloseable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final String HEAP = "-Xmx";

    private final Path folder = TestBroker.folder("gateway");
    private final int port = TestBroker.freePort();
    private final int operatorsPort = TestBroker.freePort();
    private final List<String> command = new ArrayList<>();
    private Process process;
    private int starts;

    /** @param settings {@code name=value} each */
    public GatewayProcess(String bootstrapServers, String... settings) {
        this(List.of(), bootstrapServers, settings);
    }

    /** @param before class path entries that precede the gateway's own */
    public GatewayProcess(List<Path> before, String bootstrapServers, String... settings) {
        StringBuilder classPath = new StringBuilder();
        before.forEach(entry -> classPath.append(entry).append(File.pathSeparatorChar));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(HEAP + "192m", "-cp"));
        command.add(classPath + System.getProperty("java.class.path"));
        command.add("io.callstream.gateway.GatewayApplication");
        command.add("--server.port=" + port);
        command.add("--management.server.port=" + operatorsPort);
        command.add("--spring.kafka.bootstrap-servers=" + bootstrapServers);
        command.add("--callstream.journal.folder=" + journal());
        for (String setting : settings) {
            command.add("--" + setting);
        }
    }

    /** Sets the heap size for the next starts, such as {@code 512m}. */
    public GatewayProcess heap(String size) {
        command.replaceAll(part -> part.startsWith(HEAP) ? HEAP + size : part);
        return this;
    }

    /** Adds an option of the JVM for the next starts. */
    public GatewayProcess option(String option) {
        command.add(1, option);
        return this;
    }

    public int port() {
        return port;
    }

    public int operatorsPort() {
        return operatorsPort;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Runs a garbage collection and returns the bytes of the heap in use after it. */
    public long heapAfterCollection() {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(process.pid()),
                            "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (jcmd.waitFor() != 0) {
                throw new AssertionError("jcmd ended with " + jcmd.exitValue());
            }
            return (long) metric("jvm_memory_used_bytes{area=\"heap\"");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public Path journal() {
        return folder.resolve("journal");
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/callbacks";
    }

    /** Starts the gateway and waits until it accepts callbacks. */
    public GatewayProcess start() throws IOException {
        starts++;
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("It ended: " + said());
                    }
                    return answers(405, "http://127.0.0.1:" + port + "/callbacks")
                            && answers(200, operators("/actuator/health/liveness"));
                });
        return this;
    }

    private static boolean answers(int status, String url) {
        try {
            return get(url) == status;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Sends SIGKILL and waits until the process has ended. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGTERM, waits until the process has ended, and returns its exit code. */
    public int stop() throws InterruptedException {
        terminate();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            throw new AssertionError("It does not stop: " + said());
        }
        return process.exitValue();
    }

    /** Returns the CPU time that the process has used. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Returns the physical memory that the process uses. */
    public long residentBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the metric's value from the Prometheus endpoint, summed over its labels. */
    public double metric(String name) {
        return scrape().value(name);
    }

    private Scrape scrape() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(operators("/actuator/prometheus")))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return Scrape.of(CLIENT.send(request, BodyHandlers.ofString()).body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until the counters agree with each other. They may not while requests are under way. */
    public void awaitCountersAgree() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> Counters.disagreement(scrape(), starts == 1), String::isEmpty);
    }

    public double backlog() {
        return metric("callstream_journal_records");
    }

    public int readiness() throws IOException {
        return get(operators("/actuator/health/readiness"));
    }

    private String operators(String path) {
        return "http://127.0.0.1:" + operatorsPort + path;
    }

    private static int get(String url) throws IOException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Path log() {
        return folder.resolve("log");
    }

    /** Returns everything that the gateway has logged, since its first start. */
    public String said() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
