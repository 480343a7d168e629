package io.callstream.benchmarks;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.callstream.embeddedkafka.testing.TestBroker;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.awaitility.Awaitility;

/** Runs one measured program in its own process, and reads its CPU, memory and thread counters. */
final class Subject implements AutoCloseable {

    private final String name;
    private final int port;
    private final Process process;
    private final Path log;
    private final JMXConnector management;
    private final ThreadMXBean threads;

    /**
     * The resources that a process has used since its start.
     *
     * @param switches the context switches of its live threads, voluntary or not
     * @param residentBytes the resident memory now
     */
    record Usage(Duration cpu, long allocatedBytes, long switches, long residentBytes) {}

    @SuppressWarnings("BanJNDI") // It connects to a process that this test started on this machine.
    private Subject(String name, int port, Process process, Path log) throws IOException {
        this.name = name;
        this.port = port;
        this.process = process;
        this.log = log;
        if (port > 0) {
            awaitAnswers();
        }
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
            this.management = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            machine.detach();
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
        this.threads = ManagementFactory.newPlatformMXBeanProxy(
                management.getMBeanServerConnection(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
    }

    /** Starts a web application from this class path and waits until it answers. */
    static Subject web(String name, Class<?> main, String... settings) throws IOException {
        int port = TestBroker.freePort();
        List<String> arguments = new ArrayList<>();
        arguments.add("--server.port=" + port);
        arguments.add("--management.server.port=" + TestBroker.freePort());
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        return start(name, port, main, arguments);
    }

    /** Starts a program from this class path that has no HTTP port. */
    static Subject program(String name, Class<?> main, String... arguments) throws IOException {
        return start(name, 0, main, List.of(arguments));
    }

    private static Subject start(String name, int port, Class<?> main, List<String> arguments) throws IOException {
        Path log = TestBroker.folder("subject").resolve("log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-cp", classPath()));
        command.add(main.getName());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            return new Subject(name, port, process, log);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw new IOException(name + " did not start: " + Files.readString(log), e);
        }
    }

    static String classPath() {
        return String.join(
                File.pathSeparator,
                Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)));
    }

    private void awaitAnswers() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !process.isAlive() || answers(port));
        if (!process.isAlive()) {
            throw new IllegalStateException("It has ended");
        }
    }

    static boolean answers(int port) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/callbacks")
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(2000);
            int status = connection.getResponseCode();
            // The gateway answers a GET with 405, the baseline with 200.
            return status == 405 || status == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number in the last line of the output. */
    long lastNumber() {
        String said = said();
        int end = said.lastIndexOf('\n');
        return Long.parseLong(
                said.substring(said.lastIndexOf('\n', end - 1) + 1, end).strip());
    }

    Usage usage() {
        long allocated = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            allocated += Math.max(0, bytes);
        }
        return new Usage(
                process.info().totalCpuDuration().orElse(Duration.ZERO),
                allocated,
                switches(),
                status("VmRSS:", process.pid()) << 10);
    }

    private long switches() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            return tasks.mapToLong(task -> value(task.resolve("status"), "voluntary_ctxt_switches:")
                            + value(task.resolve("status"), "nonvoluntary_ctxt_switches:"))
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    static long status(String field, long pid) {
        return value(Path.of("/proc", Long.toString(pid), "status"), field);
    }

    private static long value(Path file, String field) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            management.close();
        } catch (IOException e) {
            // The process is killed next.
        }
        process.destroyForcibly().onExit().join();
    }
}
