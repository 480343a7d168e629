package io.callstream.gateway.ingress;

import com.sun.management.UnixOperatingSystemMXBean;
import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.codec.Privacy;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournalProperties;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.Guard;
import io.callstream.gateway.security.WebPageGuard;
import io.callstream.gateway.tracing.Tracing;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IngressProperties.class)
class IngressConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(IngressConfiguration.class);
    private static final int ACCEPTORS = 1;
    private static final int LOOPS = Runtime.getRuntime().availableProcessors();

    /** The heap is divided by this to get the memory for bodies that are being received. */
    private static final int RECEPTION_DIVISOR = 8;

    /** Bytes of the heap that are counted for one open connection. */
    private static final int BYTES_PER_CONNECTION = 64 << 10;

    private static final int MOST_CONNECTIONS = 10_000;

    /** File descriptors that Kafka's clients, the journal and the operators' port open while running. */
    private static final int OTHER_DESCRIPTORS = 96;

    private static final int FEWEST_CONNECTIONS = 16;

    /**
     * Handles every request on the callbacks' port, so that every answer comes from this handler. The operators'
     * endpoints have a port of their own.
     */
    @Bean
    HttpHandler callbacks(
            Guard guard,
            WebPageGuard webPages,
            Privacy privacy,
            Journal journal,
            JournalProperties journalProperties,
            GatewayMetrics metrics,
            Tracing tracing,
            ConnectionDraining draining,
            IngressProperties properties,
            Environment environment) {
        haveOperatorsPort(environment);
        // Builds the table now, not on an event loop with the first callback.
        Charsets.named("UTF-8");
        for (Rejection.Reason reason : Rejection.Reason.values()) {
            // Prometheus sees no rise of a counter that begins with another value than 0.
            metrics.quarantined(reason.code(), 0);
        }
        return new CallbackHandler(
                new Admission(
                        guard,
                        webPages,
                        metrics,
                        Math.toIntExact(properties.maxBodySize().toBytes())),
                new CallbackDecoder(properties.zone()),
                privacy,
                new FairShares(journal, journalProperties.bytes(), receptionBytes(properties), metrics),
                journal,
                metrics,
                tracing,
                draining,
                properties,
                Clock.systemUTC());
    }

    private static void haveOperatorsPort(Environment environment) {
        String port = environment.getProperty("management.server.port", "");
        if (port.isEmpty() || (!port.equals("0") && port.equals(environment.getProperty("server.port")))) {
            throw new InvalidConfigurationPropertyValueException(
                    "management.server.port",
                    port.isEmpty() ? null : port,
                    "Give operators a port of their own: all that is on server.port is the callbacks'.");
        }
    }

    /**
     * Creates one event loop for each processor. The server's default of four loops would only wake each other up on
     * two processors. A separate thread accepts connections. If an event loop accepted them between its other work, a
     * new sender would wait behind everything that other senders have sent.
     */
    @Bean
    ReactorResourceFactory eventLoops() {
        ReactorResourceFactory eventLoops = new ReactorResourceFactory();
        eventLoops.setUseGlobalResources(false);
        eventLoops.setLoopResourcesSupplier(() -> LoopResources.create("reactor-http", ACCEPTORS, LOOPS, true));
        return eventLoops;
    }

    @Bean
    Connections connections(IngressProperties properties, GatewayMetrics metrics) {
        int most = connections(properties);
        Integer perAddress = properties.maxConnectionsPerAddress();
        return new Connections(
                "callbacks",
                new ConnectionLimits(
                        most,
                        perAddress == null ? most : Math.min(most, perAddress),
                        receptionBytes(properties),
                        properties.headTimeout(),
                        properties.bodyTimeout(),
                        ConnectionLimits.ANSWER,
                        ConnectionLimits.ANSWER,
                        ConnectionLimits.IDLE),
                LOOPS,
                metrics);
    }

    @Bean
    ConnectionDraining connectionDraining(Connections connections, IngressProperties properties) {
        return new ConnectionDraining(connections, properties.drainTimeout());
    }

    private static long receptionBytes(IngressProperties properties) {
        return properties.maxReceptionSize() == null
                ? Runtime.getRuntime().maxMemory() / RECEPTION_DIVISOR
                : properties.maxReceptionSize().toBytes();
    }

    /**
     * Returns the configured number, or as many connections as the heap allows. If there are fewer file descriptors, it
     * returns as many as these allow, but at least {@link #FEWEST_CONNECTIONS}.
     */
    private static int connections(IngressProperties properties) {
        Integer configured = properties.maxConnections();
        long most = configured == null
                ? Math.min(MOST_CONNECTIONS, Runtime.getRuntime().maxMemory() / BYTES_PER_CONNECTION)
                : configured;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - OTHER_DESCRIPTORS;
            if (free < most) {
                LOG.warn(
                        "The process may open {} files, which allows {} connections instead of {}. Raise the limit (ulimit"
                                + " -n), or set callstream.ingress.max-connections.",
                        system.getMaxFileDescriptorCount(),
                        Math.max(FEWEST_CONNECTIONS, free),
                        most);
                return (int) Math.max(FEWEST_CONNECTIONS, free);
            }
        }
        return (int) most;
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> callbacksServer(
            Connections connections, GatewayMetrics metrics) {
        return factory -> factory.addServerCustomizers(new ServerCustomizer(connections, metrics::refusedUnread));
    }

    /** Reports DOWN while an event loop is stuck, because only a restart helps. */
    @Bean
    ReactiveHealthIndicator eventLoopsHealthIndicator(Connections connections) {
        return () -> Mono.fromSupplier(() -> {
            String stuck = connections.stuckThread();
            return stuck == null
                    ? Health.up().build()
                    : Health.down()
                            .withDetail("stuck", stuck)
                            .withDetail("do", "Restart the gateway.")
                            .build();
        });
    }
}
