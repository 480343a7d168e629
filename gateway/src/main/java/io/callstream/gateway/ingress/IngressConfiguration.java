package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.Guard;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IngressProperties.class)
class IngressConfiguration {

    /** All that is on this port is the callbacks', so that every answer is ours. */
    @Bean
    RouterFunction<ServerResponse> callbackRoutes(
            Guard guard, Journal journal, GatewayMetrics metrics, IngressProperties properties) {
        CallbackHandler handler = new CallbackHandler(
                guard, new CallbackDecoder(properties.zone()), journal, metrics, properties, Clock.systemUTC());
        return RouterFunctions.route(RequestPredicates.all(), handler::handle);
    }
}
