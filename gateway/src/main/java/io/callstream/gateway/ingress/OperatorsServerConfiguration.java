package io.callstream.gateway.ingress;

import io.callstream.gateway.metrics.GatewayMetrics;
import java.time.Duration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import reactor.netty.resources.LoopResources;

/**
 * The operators' port: the same rules for requests, limits and an event loop of its own, so that probes are answered.
 *
 * <p>Listed in {@code META-INF/spring}, and not annotated, because the application's scan would find it too and apply it
 * to the callbacks' port.
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
