package io.callstream.console.pages;

import io.callstream.cli.Fault;
import io.callstream.console.calls.CallFeed;
import io.callstream.console.calls.CallIndex;
import io.callstream.console.calls.CallRecords;
import io.callstream.console.calls.CallRow;
import j2html.TagCreator;
import j2html.tags.DomContent;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The addresses of the calls: live, found, exported, and one call. */
final class CallRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(CallRoutes.class);

    /** For the feed to read what is there, when the first page is opened. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /** Calls that a search shows. */
    private static final int MOST_FOUND = 200;

    /** Calls that an export contains. */
    private static final int MOST_EXPORTED = 10_000;

    private final CallIndex index;
    private final CallFeed feed;
    private final CallRecords records;
    private final LiveCalls live;
    private final Renderer renderer;

    CallRoutes(CallIndex index, CallFeed feed, CallRecords records, LiveCalls live, Renderer renderer) {
        this.index = index;
        this.feed = feed;
        this.records = records;
        this.live = live;
        this.renderer = renderer;
    }

    void addTo(RouterFunctions.Builder routes) {
        routes.GET(Layout.ROOT + "calls", this::calls)
                .GET(Layout.ROOT + "calls/stream", this::stream)
                .GET(Layout.ROOT + "calls.csv", request -> export(request, "csv", CallExport::csv))
                .GET(Layout.ROOT + "calls.json", request -> export(request, "json", CallExport::json))
                .GET(Layout.ROOT + "call", this::call)
                .POST(Layout.ROOT + "call/records", this::records);
    }

    private Mono<ServerResponse> calls(ServerRequest request) {
        CallQuery query = CallQuery.of(request.queryParams());
        return renderer.page("calls", "Calls", () -> {
            DomContent table = query.isSearch()
                    ? CallList.calls(found(query, MOST_FOUND), feed.status(), index.size(), "No call.")
                    : TagCreator.rawHtml(live.table(query));
            return CallList.content(query, table);
        });
    }

    private List<CallRow> found(CallQuery query, int most) throws InterruptedException {
        feed.await(PATIENCE);
        return index.find(query.text() == null ? "" : query.text(), query.filter(), most);
    }

    private Mono<ServerResponse> stream(ServerRequest request) {
        Flux<byte[]> events = live.follow(CallQuery.of(request.queryParams()));
        return events == null
                ? ServerResponse.status(503)
                        .contentType(MediaType.TEXT_PLAIN)
                        .bodyValue("Too many pages follow the calls. Close some, or raise callstream.console.pages.")
                : ServerResponse.ok()
                        .contentType(MediaType.TEXT_EVENT_STREAM)
                        .cacheControl(CacheControl.noStore())
                        // nginx would keep it back otherwise.
                        .header("X-Accel-Buffering", "no")
                        .body((output, context) -> output.writeAndFlushWith(events.map(
                                event -> Mono.just(output.bufferFactory().wrap(event)))));
    }

    private Mono<ServerResponse> export(ServerRequest request, String type, Function<List<CallRow>, String> writer) {
        CallQuery query = CallQuery.of(request.queryParams());
        MediaType media =
                type.equals("json") ? MediaType.APPLICATION_JSON : new MediaType("text", type, StandardCharsets.UTF_8);
        return renderer.file(media, "calls." + type, () -> {
            CallFeed.Status status = feed.await(PATIENCE);
            if (!status.isUpToDate()) {
                throw new Fault(
                        "The console is still reading Kafka, so the file would lack calls. Try again in a moment. "
                                + status.trouble());
            }
            return writer.apply(found(query, MOST_EXPORTED));
        });
    }

    private Mono<ServerResponse> call(ServerRequest request) {
        String id = request.queryParam("id").orElse("");
        return renderer.page("calls", "Call", () -> {
            feed.await(PATIENCE);
            CallRow call = index.get(id);
            return call == null
                    ? CallPage.unknown(id, index.size(), feed.status())
                    : CallPage.content(call, records.of(call));
        });
    }

    private Mono<ServerResponse> records(ServerRequest request) {
        String from = address(request);
        return renderer.html(request, form -> {
            String id = form.getFirst("id");
            CallRow call = id == null ? null : index.get(id);
            if (call == null) {
                return TagCreator.p("The console does not know this call any more.")
                        .render();
            }
            LOG.info("The console showed the numbers and records of call {} to {}.", Texts.brief(call.id()), from);
            return CallPage.records(call, records.of(call)).render();
        });
    }

    /** Who asks, for the log. */
    static String address(ServerRequest request) {
        return request.remoteAddress()
                .map(InetSocketAddress::getAddress)
                .map(address -> address.getHostAddress())
                .orElse("an unknown address");
    }
}
