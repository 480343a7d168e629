package io.callstream.console.pages;

import io.callstream.console.calls.CallFeed;
import io.callstream.console.calls.CallIndex;
import io.callstream.console.calls.CallRecords;
import io.callstream.console.figures.Figures;
import io.callstream.console.quarantine.RefusedCallbacks;
import io.callstream.gateway.journal.Journal;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.util.List;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.scheduler.Scheduler;

/** Every address of the console, behind its guard. */
public final class Routes {

    private final RouterFunction<ServerResponse> all;
    private final LiveCalls live;

    /**
     * @param scheduler may block
     * @param actions may block for as long as a campaign takes, so that reading does not wait for it
     */
    public Routes(
            CallIndex index,
            CallFeed feed,
            CallRecords records,
            RefusedCallbacks refused,
            Figures figures,
            Journal journal,
            MeterRegistry registry,
            PagesSettings settings,
            Scheduler scheduler,
            Scheduler actions) {
        live = new LiveCalls(index, feed, settings.pages(), registry);
        Guard guard = new Guard(settings.hosts());
        Layout layout = new Layout(guard.token());
        Renderer renderer = new Renderer(layout, scheduler);
        RouterFunctions.Builder routes = RouterFunctions.route();
        for (String path : List.of("/console", Layout.ROOT)) {
            routes.GET(
                    path,
                    request -> ServerResponse.seeOther(URI.create(Layout.ROOT + "calls"))
                            .build());
        }
        Assets.addTo(routes);
        new CallRoutes(index, feed, records, live, renderer).addTo(routes);
        new QuarantineRoutes(refused, settings.actions(), settings.gateway(), renderer).addTo(routes);
        new GatewayRoutes(new GatewayPage(figures, feed, index, journal, registry), renderer).addTo(routes);
        new TryRoutes(settings, new Renderer(layout, actions), actions).addTo(routes);
        all = routes.filter(guard).build();
    }

    /** The function that answers them. */
    public RouterFunction<ServerResponse> all() {
        return all;
    }

    /** Ends the streams of all pages. */
    public void close() {
        live.close();
    }
}
