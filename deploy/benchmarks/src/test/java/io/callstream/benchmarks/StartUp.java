package io.callstream.benchmarks;

import io.callstream.dialler.BodyForm;
import io.callstream.dialler.GatewayAddress;
import io.callstream.dialler.Plan;
import io.callstream.dialler.Platform;
import io.callstream.embeddedkafka.testing.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts the gateway as the guide tells operators to package it: extracted, with a class archive. */
final class StartUp implements AutoCloseable {

    private static final String NO_KAFKA = "--spring.kafka.bootstrap-servers=127.0.0.1:1";
    private static final int REST_SECONDS = 5;
    private static final Path JDKS = Path.of("/usr/lib/jvm");

    private final List<String> command = new ArrayList<>();
    private final Path folder;

    /**
     * The result of one start.
     *
     * @param seconds from the start of the process to its first answer
     * @param residentMegabytes the resident memory without load
     */
    record Once(double seconds, double residentMegabytes) {}

    private StartUp(Path folder) {
        this.folder = folder;
    }

    /** The JDK of this test, and the other JDKs 17 and 25 on this machine. */
    static Map<String, Path> jdks() throws IOException {
        Map<String, Path> jdks = new LinkedHashMap<>();
        jdks.put("JDK " + Runtime.version().feature(), Path.of(System.getProperty("java.home")));
        if (Files.isDirectory(JDKS)) {
            try (Stream<Path> others = Files.list(JDKS)) {
                others.filter(jdk -> jdk.getFileName().toString().matches(".*\\b(17|25)\\b.*"))
                        .filter(jdk -> Files.isExecutable(jdk.resolve("bin/javac")))
                        .forEach(jdk -> jdks.putIfAbsent(
                                "JDK " + (jdk.getFileName().toString().contains("25") ? 25 : 17), jdk));
            }
        }
        return jdks;
    }

    static StartUp of(String name, Path jdk, Path jar) throws IOException, InterruptedException {
        StartUp start = new StartUp(TestBroker.folder("start"));
        String java = jdk.resolve("bin/java").toString();
        start.run(java, "-Djarmode=tools", "-jar", jar.toString(), "extract", "--destination", "gateway");
        String extracted = "gateway/" + jar.getFileName();
        boolean hasAot = name.endsWith("25");
        String archive = hasAot ? "gateway.aot" : "gateway.jsa";
        start.train(java, hasAot ? "-XX:AOTCacheOutput=" + archive : "-XX:ArchiveClassesAtExit=" + archive, extracted);
        start.command.addAll(List.of(
                java,
                hasAot ? "-XX:AOTCache=" + archive : "-XX:SharedArchiveFile=" + archive,
                "-Xmx512m",
                "-jar",
                extracted));
        return start;
    }

    /** Creates the class archive: starts the gateway, posts 200 callbacks and stops it in order. */
    private void train(String java, String archive, String jar) throws IOException, InterruptedException {
        int port = TestBroker.freePort();
        Process process = new ProcessBuilder(
                        java,
                        archive,
                        "-jar",
                        jar,
                        "--server.port=" + port,
                        "--management.server.port=" + TestBroker.freePort(),
                        NO_KAFKA)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            awaitAnswer(process, port);
            try (Platform platform = new Platform(
                    GatewayAddress.of("127.0.0.1:" + port, null), BodyForm.MULTIPART, 4, Duration.ofSeconds(5))) {
                platform.play(Plan.asFastAsAnswered(1, 200), () -> true);
            }
            process.destroy();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                throw new IOException("It did not stop: " + Files.readString(folder.resolve("log")));
            }
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }

    private void awaitAnswer(Process process, int port) throws IOException, InterruptedException {
        long began = System.nanoTime();
        while (!Subject.answers(port)) {
            if (!process.isAlive() || System.nanoTime() - began > TimeUnit.MINUTES.toNanos(1)) {
                throw new IOException("It did not start: " + Files.readString(folder.resolve("log")));
            }
            // The gateway needs the processors for itself, so this does not poll faster.
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private void run(String... parts) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(parts)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("%s failed: %s".formatted(String.join(" ", parts), Files.readString(log)));
        }
    }

    Once once() throws IOException, InterruptedException {
        int port = TestBroker.freePort();
        List<String> all = new ArrayList<>(command);
        all.add("--server.port=" + port);
        all.add("--management.server.port=" + TestBroker.freePort());
        all.add(NO_KAFKA);
        all.add("--callstream.journal.folder=" + TestBroker.folder("journal"));
        long began = System.nanoTime();
        Process process = new ProcessBuilder(all)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            awaitAnswer(process, port);
            double seconds = (System.nanoTime() - began) / 1e9;
            // The gateway is idle only some seconds after its start.
            TimeUnit.SECONDS.sleep(REST_SECONDS);
            return new Once(seconds, Subject.status("VmRSS:", process.pid()) / 1024.0);
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }

    @Override
    public void close() {
        command.clear();
    }
}
