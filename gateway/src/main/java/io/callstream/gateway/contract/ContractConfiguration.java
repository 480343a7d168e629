package io.callstream.gateway.contract;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class ContractConfiguration {

    private static final String FOLDER = "/contract/";
    private static final String INDEX = "index.html";

    private static final Map<String, MediaType> TYPES = Map.of(
            "html", new MediaType("text", "html", StandardCharsets.UTF_8),
            "css", new MediaType("text", "css", StandardCharsets.UTF_8),
            "js", new MediaType("text", "javascript", StandardCharsets.UTF_8),
            "json", MediaType.APPLICATION_JSON,
            "yaml", MediaType.APPLICATION_YAML);

    /**
     * Serves every file of the class path's folder {@code contract}, on the operators' port only. The files are kept in
     * memory, about 2 MB, because reading them for each request would block an event loop.
     */
    @Bean
    RouterFunction<ServerResponse> contractRoutes(ApplicationContext here) throws IOException {
        RouterFunctions.Builder routes = RouterFunctions.route();
        for (Resource file :
                new PathMatchingResourcePatternResolver().getResources("classpath*:" + FOLDER + "**/*.*")) {
            String url = file.getURL().toString();
            String name = url.substring(url.lastIndexOf(FOLDER) + FOLDER.length());
            byte[] content = file.getContentAsByteArray();
            MediaType type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), MediaType.TEXT_PLAIN);
            HandlerFunction<ServerResponse> answer =
                    request -> ServerResponse.ok().contentType(type).bodyValue(content);
            routes.route(read(FOLDER + name), answer);
            if (name.equals(INDEX)) {
                routes.route(read(FOLDER), answer);
            }
        }
        routes.GET(
                "/contract",
                request -> ServerResponse.permanentRedirect(URI.create(FOLDER)).build());
        return RouterFunctions.nest(
                request -> !here.equals(request.exchange().getApplicationContext()), routes.build());
    }

    private static RequestPredicate read(String path) {
        return RequestPredicates.methods(HttpMethod.GET, HttpMethod.HEAD).and(RequestPredicates.path(path));
    }
}
