package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.Guard;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;
import reactor.netty.NettyPipeline;
import reactor.netty.http.logging.AbstractHttpMessageLogFactory;
import reactor.netty.http.logging.HttpMessageArgProvider;
import reactor.netty.resources.LoopResources;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IngressProperties.class)
class IngressConfiguration {

    /** All that is on this port is the callbacks', so that every answer is ours; what operators ask has its own. */
    @Bean
    HttpHandler callbacks(
            Guard guard,
            Journal journal,
            GatewayMetrics metrics,
            IngressProperties properties,
            Environment environment) {
        haveOperatorsPort(environment);
        return new CallbackHandler(
                guard, new CallbackDecoder(properties.zone()), journal, metrics, properties, Clock.systemUTC());
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

    /** As many event loops as there are processors: the server's own four, on two, would only wake each other up. */
    @Bean
    ReactorResourceFactory eventLoops() {
        ReactorResourceFactory eventLoops = new ReactorResourceFactory();
        eventLoops.setUseGlobalResources(false);
        eventLoops.setLoopResourcesSupplier(
                () -> LoopResources.create("reactor-http", Runtime.getRuntime().availableProcessors(), true));
        return eventLoops;
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> connections(GatewayMetrics metrics) {
        UnreadableRequestHandler unreadable = new UnreadableRequestHandler(metrics);
        return factory -> factory.addServerCustomizers(server -> server.httpMessageLogFactory(new Withheld())
                .doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addFirst(new IdleConnectionHandler())
                        .addAfter(NettyPipeline.HttpCodec, UnreadableRequestHandler.class.getName(), unreadable)));
    }

    /** Even of a broken request the address is not logged: the secret stands in it. */
    private static final class Withheld extends AbstractHttpMessageLogFactory {

        @Override
        public String common(HttpMessageArgProvider message) {
            return message.httpMessageType() + " (withheld)";
        }
    }
}
