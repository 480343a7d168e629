package io.callstream.console.pages;

import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunctions;

/** The addresses of the gateway's page, of what it shows now, and of the figures for its plots. */
final class GatewayRoutes {

    private final GatewayPage page;
    private final Renderer renderer;

    GatewayRoutes(GatewayPage page, Renderer renderer) {
        this.page = page;
        this.renderer = renderer;
    }

    void addTo(RouterFunctions.Builder routes) {
        routes.GET(Layout.ROOT + "gateway", request -> renderer.page("gateway", "Gateway", page::content))
                .GET(
                        Layout.ROOT + "gateway/now",
                        request -> renderer.html(() -> page.now().render()))
                .GET(
                        Layout.ROOT + "gateway/figures.json",
                        request -> renderer.of(MediaType.APPLICATION_JSON, page::figuresJson));
    }
}
