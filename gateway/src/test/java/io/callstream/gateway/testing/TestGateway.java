package io.callstream.gateway.testing;

import io.callstream.gateway.GatewayApplication;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;

/** The whole gateway in this JVM, on free ports, with BlockHound watching its event loops. */
public final class TestGateway implements AutoCloseable {

    private static final Queue<Throwable> BLOCKED = new ConcurrentLinkedQueue<>();

    static {
        BlockHound.install(builder -> builder.blockingMethodCallback(method -> {
            // Recorded, not only thrown: where it is thrown it may be swallowed.
            BlockingOperationError error = new BlockingOperationError(method);
            BLOCKED.add(error);
            throw error;
        }));
    }

    private final ConfigurableApplicationContext context;

    private TestGateway(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /**
     * Starts one against that Kafka.
     *
     * @param settings {@code name=value} each
     */
    public static TestGateway start(String bootstrapServers, String... settings) {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("server.port", "0");
        arguments.put("management.server.port", "0");
        arguments.put("spring.kafka.bootstrap-servers", bootstrapServers);
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            arguments.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return new TestGateway(new SpringApplicationBuilder(GatewayApplication.class)
                .run(arguments.entrySet().stream()
                        .map(argument -> "--" + argument)
                        .toArray(String[]::new)));
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
        context.close();
        Throwable blocked = BLOCKED.poll();
        if (blocked != null) {
            throw new AssertionError("An event loop was blocked", blocked);
        }
    }
}
