package io.callstream.gateway;

import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Has every answer on the operators' port written by its connection's own thread: one in some 300 that was written by
 * another was never sent. The callbacks' port sees to that by itself.
 */
@Configuration(proxyBeanMethods = false)
class AnswersConfiguration {

    @Bean
    WebFilter answersOnTheConnectionsThread() {
        return (exchange, chain) -> chain.filter(exchange.mutate()
                .response(new OnTheConnectionsThread(exchange.getResponse()))
                .build());
    }

    private static final class OnTheConnectionsThread extends ServerHttpResponseDecorator {

        OnTheConnectionsThread(ServerHttpResponse response) {
            super(response);
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            return there(super.writeWith(body));
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return there(super.writeAndFlushWith(body));
        }

        @Override
        public Mono<Void> setComplete() {
            return there(super.setComplete());
        }

        private Mono<Void> there(Mono<Void> answer) {
            return Mono.defer(() -> {
                EventLoop loop = loop();
                return loop == null || loop.inEventLoop() ? answer : answer.subscribeOn(Schedulers.fromExecutor(loop));
            });
        }

        private @Nullable EventLoop loop() {
            AtomicReference<@Nullable EventLoop> loop = new AtomicReference<>();
            HttpServerResponse response = getNativeResponse(getDelegate());
            response.withConnection(connection -> loop.set(connection.channel().eventLoop()));
            return loop.get();
        }
    }
}
