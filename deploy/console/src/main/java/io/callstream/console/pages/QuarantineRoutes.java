package io.callstream.console.pages;

import io.callstream.cli.Fault;
import io.callstream.cli.GatewayClient;
import io.callstream.cli.quarantine.Posting;
import io.callstream.cli.quarantine.Quarantined;
import io.callstream.console.quarantine.RefusedCallbacks;
import io.callstream.dialler.GatewayAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The addresses of the quarantine: the list, one refused callback, and sending it again. */
final class QuarantineRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(QuarantineRoutes.class);

    private final RefusedCallbacks refused;
    private final boolean actions;
    private final Supplier<String> gateway;
    private final Renderer renderer;

    /** @param actions whether callbacks may be sent again, to the gateway at the address */
    QuarantineRoutes(RefusedCallbacks refused, boolean actions, Supplier<String> gateway, Renderer renderer) {
        this.refused = refused;
        this.actions = actions;
        this.gateway = gateway;
        this.renderer = renderer;
    }

    void addTo(RouterFunctions.Builder routes) {
        routes.GET(Layout.ROOT + "quarantine", this::list)
                .GET(Layout.ROOT + "quarantine/record", this::record)
                .POST(Layout.ROOT + "quarantine/request", this::request)
                .POST(Layout.ROOT + "quarantine/send", this::send);
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        String reason = request.queryParam("reason").orElse(null);
        return renderer.page("quarantine", "Quarantine", () -> QuarantinePage.list(refused.newest(), reason));
    }

    private Mono<ServerResponse> record(ServerRequest request) {
        return renderer.page("quarantine", "Refused callback", () -> {
            QuarantinePage.Place place = place(request.queryParams());
            return QuarantinePage.record(item(place), place);
        });
    }

    private Mono<ServerResponse> request(ServerRequest request) {
        String from = CallRoutes.address(request);
        return renderer.html(request, form -> {
            QuarantinePage.Place place = place(form);
            Quarantined item = item(place);
            LOG.info("The console showed the refused request {} to {}.", Texts.brief(item.id()), from);
            return QuarantinePage.request(item, place, actions).render();
        });
    }

    private Mono<ServerResponse> send(ServerRequest request) {
        String from = CallRoutes.address(request);
        return renderer.html(request, form -> {
            if (!actions) {
                throw new Fault(
                        "This console only shows. Set callstream.console.actions to true, or use the command line.");
            }
            Quarantined item = item(place(form));
            String edited = form.getFirst("callback");
            Posting posting = edited != null
                    ? Posting.ofItem(edited.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8.name())
                    : item.again();
            GatewayAddress address = address();
            GatewayClient.Reply reply = new GatewayClient(address)
                    .post(address.recorded(item.path()) + posting.query(), posting.headers(), posting.body());
            LOG.info(
                    "The console sent the refused callback {} again for {}: {}.",
                    Texts.brief(item.id()),
                    from,
                    reply.status());
            return QuarantinePage.outcome(reply.status(), reply.detail()).render();
        });
    }

    private GatewayAddress address() {
        try {
            return GatewayAddress.of(gateway.get(), null);
        } catch (IllegalArgumentException e) {
            throw new Fault("callstream.console.gateway cannot be used: " + e.getMessage(), e);
        }
    }

    private Quarantined item(QuarantinePage.Place place) {
        Quarantined item = refused.at(place.partition(), place.offset());
        if (item == null) {
            throw new Fault("The record is not in calls.quarantine: it may be older than the topic's retention.");
        }
        return item;
    }

    private static QuarantinePage.Place place(MultiValueMap<String, String> parameters) {
        return new QuarantinePage.Place(
                (int) number(parameters.getFirst("partition"), Integer.MAX_VALUE),
                number(parameters.getFirst("offset"), Long.MAX_VALUE));
    }

    private static long number(@Nullable String text, long most) {
        if (text == null || !text.matches("\\d{1,18}") || Long.parseLong(text) > most) {
            throw new Fault("The address names no record. Choose one from the list.");
        }
        return Long.parseLong(text);
    }
}
