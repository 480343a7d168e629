package io.callstream.gateway.testing;

import io.callstream.gateway.GatewayApplication;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.blockhound.BlockHound;

/** The whole gateway in this JVM, on free ports, with BlockHound watching its event loops. */
public final class TestGateway implements AutoCloseable {

    static {
        BlockHound.install();
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
        List<String> arguments = new ArrayList<>();
        arguments.add("--server.port=0");
        arguments.add("--management.server.port=0");
        arguments.add("--spring.kafka.bootstrap-servers=" + bootstrapServers);
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        return new TestGateway(
                new SpringApplicationBuilder(GatewayApplication.class).run(arguments.toArray(String[]::new)));
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
    }
}
