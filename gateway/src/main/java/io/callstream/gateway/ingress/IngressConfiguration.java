package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.Guard;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.netty.NettyPipeline;
import reactor.netty.http.logging.AbstractHttpMessageLogFactory;
import reactor.netty.http.logging.HttpMessageArgProvider;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IngressProperties.class)
class IngressConfiguration {

    /**
     * All that is on this port is the callbacks', so that every answer is ours. The operators' port sees these routes too,
     * by way of its parent context, and must not serve them.
     */
    @Bean
    RouterFunction<ServerResponse> callbackRoutes(
            ApplicationContext here,
            Guard guard,
            Journal journal,
            GatewayMetrics metrics,
            IngressProperties properties) {
        CallbackHandler handler = new CallbackHandler(
                guard, new CallbackDecoder(properties.zone()), journal, metrics, properties, Clock.systemUTC());
        return RouterFunctions.route(
                request -> here.equals(request.exchange().getApplicationContext()), handler::handle);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> unreadableRequests(GatewayMetrics metrics) {
        UnreadableRequestHandler handler = new UnreadableRequestHandler(metrics);
        return factory -> factory.addServerCustomizers(server -> server.httpMessageLogFactory(new Withheld())
                .doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addAfter(NettyPipeline.HttpCodec, UnreadableRequestHandler.class.getName(), handler)));
    }

    /** Even of a broken request the address is not logged: the secret stands in it. */
    private static final class Withheld extends AbstractHttpMessageLogFactory {

        @Override
        public String common(HttpMessageArgProvider message) {
            return message.httpMessageType() + " (withheld)";
        }
    }
}
