package io.callstream.gateway.testing;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.GatewayApplication;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;

/** The whole gateway in this JVM, on free ports. BlockHound watches its event loops. */
public final class TestGateway implements AutoCloseable {

    private static final Queue<Throwable> BLOCKED = new ConcurrentLinkedQueue<>();

    static {
        // Must run before Reactor starts its first thread: a thread that waits while its classes are redefined is lost.
        BlockHound.install(builder -> builder
                // A lock of Netty's own, seen once in many runs: its allocator grows and holds the lock for a few
                // instructions.
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free")
                .blockingMethodCallback(method -> {
                    // Recorded as well as thrown, because the code that blocks may swallow the error.
                    BlockingOperationError error = new BlockingOperationError(method);
                    BLOCKED.add(error);
                    throw error;
                }));
    }

    /** Initialises this class, which installs BlockHound. */
    static void watchEventLoops() {}

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String FOLDER = "callstream.journal.folder";
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final ConfigurableApplicationContext context;
    private final String bootstrapServers;
    private final boolean isNew;

    private TestGateway(ConfigurableApplicationContext context, String bootstrapServers, boolean isNew) {
        this.context = context;
        this.bootstrapServers = bootstrapServers;
        this.isNew = isNew;
    }

    /**
     * Starts a gateway that publishes to this Kafka.
     *
     * @param settings {@code name=value} each
     */
    public static TestGateway start(String bootstrapServers, String... settings) {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("server.port", "0");
        arguments.put("management.server.port", "0");
        arguments.put("spring.kafka.bootstrap-servers", bootstrapServers);
        // Otherwise each stop waits 5 s, because this class keeps its connections.
        arguments.put("callstream.ingress.drain-timeout", "0s");
        arguments.put(FOLDER, TestBroker.folder("journal").toString());
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            arguments.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return new TestGateway(
                new SpringApplicationBuilder(GatewayApplication.class)
                        .run(arguments.entrySet().stream()
                                .map(argument -> "--" + argument)
                                .toArray(String[]::new)),
                bootstrapServers,
                Arrays.stream(settings).noneMatch(setting -> setting.startsWith(FOLDER)));
    }

    /** Posts a body and checks that OpenAPI describes the answer. */
    public HttpResponse<String> post(String path, String type, String body) {
        return postAsync(path, type, body).join();
    }

    /** Does the same as {@link #post}, but does not wait for the answer. */
    public CompletableFuture<HttpResponse<String>> postAsync(String path, String type, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url(path)))
                .timeout(LONGEST)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body))
                .build();
        return CLIENT.sendAsync(request, BodyHandlers.ofString()).thenApply(response -> {
            CallbackApi.check(response.statusCode(), response.headers().map(), response.body());
            return response;
        });
    }

    public static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(url)).timeout(LONGEST).build(), BodyHandlers.ofString());
    }

    /** Returns the metric's value from the Prometheus endpoint, summed over its labels. */
    public double metric(String name) throws IOException, InterruptedException {
        return Scrape.of(get(operatorsUrl("/actuator/prometheus")).body()).value(name);
    }

    public int operatorsPort() {
        return Integer.parseInt(context.getEnvironment().getProperty("local.management.port"));
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public int port() {
        return Integer.parseInt(context.getEnvironment().getProperty("local.server.port"));
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    public String operatorsUrl(String path) {
        return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.management.port") + path;
    }

    @Override
    public void close() {
        try {
            Awaitility.await()
                    .atMost(LONGEST) // Not by HTTP: a test may have configured TLS for the operators' port.
                    .until(
                            () -> Counters.disagreement(
                                    Scrape.of(
                                            bean(PrometheusMeterRegistry.class).scrape()),
                                    isNew),
                            String::isEmpty);
        } finally {
            context.close();
        }
        if (isThere(bootstrapServers)) {
            Topic.judgeTheRest(bootstrapServers);
        }
        Throwable blocked = BLOCKED.poll();
        if (blocked != null) {
            throw new AssertionError("An event loop was blocked", blocked);
        }
    }

    private static boolean isThere(String bootstrapServers) {
        URI server = URI.create("kafka://" + bootstrapServers);
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
