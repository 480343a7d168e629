package io.callstream.benchmarks;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * The simplest receiver, to compare the gateway with: a WebFlux application with the gateway's settings. It reads the
 * same form with WebFlux's own readers and answers 200. It decodes and stores nothing.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Baseline {

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(Baseline.class);
        // The gateway's settings name a health indicator that this application does not have.
        application.setDefaultProperties(Map.of("management.endpoint.health.validate-group-membership", "false"));
        application.run(arguments);
    }

    /** The same number of event loops as in the gateway, because the comparison is not about tuning. */
    @Bean
    ReactorResourceFactory eventLoops() {
        ReactorResourceFactory eventLoops = new ReactorResourceFactory();
        eventLoops.setUseGlobalResources(false);
        eventLoops.setLoopResourcesSupplier(
                () -> LoopResources.create("reactor-http", Runtime.getRuntime().availableProcessors(), true));
        return eventLoops;
    }

    @Bean
    RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route(RequestPredicates.POST("/callbacks/**"), Baseline::answer)
                .andRoute(
                        RequestPredicates.GET("/callbacks"),
                        request -> ServerResponse.ok().build());
    }

    private static Mono<ServerResponse> answer(ServerRequest request) {
        return detail(request)
                .flatMap(detail -> detail.isEmpty()
                        ? ServerResponse.badRequest().build()
                        : ServerResponse.ok().bodyValue("success"));
    }

    private static Mono<String> detail(ServerRequest request) {
        boolean multipart = request.headers()
                .contentType()
                .filter(type -> type.getType().equals("multipart"))
                .isPresent();
        return multipart
                ? request.multipartData().map(parts -> ((FormFieldPart) parts.getFirst("detail")).value())
                : request.formData().map(form -> String.valueOf(form.getFirst("detail")));
    }
}
