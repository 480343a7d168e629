package io.callstream.console.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The scripts and styles, kept in memory, 120 KB: reading them for each request would block an event loop. */
final class Assets {

    private static final MediaType SCRIPT = new MediaType("text", "javascript", StandardCharsets.UTF_8);
    private static final MediaType STYLE = new MediaType("text", "css", StandardCharsets.UTF_8);

    /** By the name in the page's address. The packages' versions are in the parent's pom.xml, and here. */
    private static final Map<String, String> FILES = Map.of(
            "htmx.js", "META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js",
            "htmx-sse.js", "META-INF/resources/webjars/htmx-ext-sse/2.2.2/sse.js",
            "uplot.js", "META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.iife.min.js",
            "uplot.css", "META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.min.css",
            "console.js", "console/console.js",
            "console.css", "console/console.css");

    private Assets() {}

    /** Adds a route for each file. */
    static void addTo(RouterFunctions.Builder routes) {
        FILES.forEach((name, path) -> {
            byte[] content = read(path);
            MediaType type = name.endsWith(".css") ? STYLE : SCRIPT;
            routes.GET(
                    Layout.ROOT + "assets/" + name,
                    request -> ServerResponse.ok()
                            .contentType(type)
                            .cacheControl(CacheControl.maxAge(Duration.ofMinutes(10)))
                            .bodyValue(content));
        });
    }

    private static byte[] read(String path) {
        try {
            return new ClassPathResource(path).getContentAsByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
