package io.callstream.gateway.ingress;

import io.callstream.gateway.metrics.GatewayMetrics;
import java.time.Duration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import reactor.netty.resources.LoopResources;

/**
 * Configures the operators' port. It has the same rules for requests, but its own limits and its own event loop, so
 * that probes are answered while the callbacks' port is busy.
 *
 * <p>The class is listed in {@code META-INF/spring} and has no annotation. With one, the application's scan would also
 * find it and apply it to the callbacks' port.
 */
class OperatorsServerConfiguration {

    private static final ConnectionLimits LIMITS = new ConnectionLimits(
            64,
            64,
            1 << 20,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            ConnectionLimits.ANSWER,
            ConnectionLimits.IDLE);

    @Bean(destroyMethod = "dispose")
    LoopResources operatorsLoop() {
        return LoopResources.create("reactor-operators", 1, true);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> operatorsServer(
            LoopResources operatorsLoop, GatewayMetrics metrics) {
        ServerCustomizer rules = new ServerCustomizer(new Connections("operators", LIMITS, 1, metrics), status -> {});
        return factory -> factory.addServerCustomizers(server -> rules.apply(server.runOn(operatorsLoop)));
    }
}
