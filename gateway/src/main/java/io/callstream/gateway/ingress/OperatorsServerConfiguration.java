package io.callstream.gateway.ingress;

import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.WebPageGuard;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.WebFilter;
import reactor.netty.resources.LoopResources;

/**
 * Configures the operators' port. It has the same rules for requests, but its own limits and its own event loop, so
 * that probes are answered while the callbacks' port is busy.
 *
 * <p>The class is listed in {@code META-INF/spring} and has no annotation. With one, the application's scan would also
 * find it and apply it to the callbacks' port.
 */
class OperatorsServerConfiguration {

    /** An open page of the console has one connection for its stream, which is one long answer. */
    private static final ConnectionLimits LIMITS = new ConnectionLimits(
            256,
            256,
            1 << 20,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofDays(1),
            ConnectionLimits.ANSWER,
            ConnectionLimits.IDLE);

    @Bean(destroyMethod = "dispose")
    LoopResources operatorsLoop() {
        return LoopResources.create("reactor-operators", 1, true);
    }

    /** A link to a page on this port may be followed, so {@code Sec-Fetch-Site} does not count here. */
    @Bean
    WebFilter webPagesOfOthers(Environment environment) {
        String[] names = environment.getProperty("callstream.console.hosts", String[].class, new String[0]);
        WebPageGuard webPages = WebPageGuard.ofOperators(
                environment.getProperty("management.server.address", ""),
                Arrays.stream(names).map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet()));
        return (exchange, chain) -> {
            HttpHeaders headers = exchange.getRequest().getHeaders();
            String fault =
                    webPages.fault(headers.getFirst(HttpHeaders.HOST), headers.getFirst(HttpHeaders.ORIGIN), null);
            return fault == null
                    ? chain.filter(exchange)
                    : Answer.of(Problem.of(403, fault)).writeTo(exchange.getResponse(), false);
        };
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> operatorsServer(
            LoopResources operatorsLoop, GatewayMetrics metrics) {
        ServerCustomizer rules = new ServerCustomizer(new Connections("operators", LIMITS, 1, metrics), status -> {});
        return factory -> factory.addServerCustomizers(server -> rules.apply(server.runOn(operatorsLoop)));
    }
}
