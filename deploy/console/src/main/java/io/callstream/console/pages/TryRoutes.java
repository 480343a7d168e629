package io.callstream.console.pages;

import static j2html.TagCreator.a;
import static j2html.TagCreator.button;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.form;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.input;
import static j2html.TagCreator.label;
import static j2html.TagCreator.li;
import static j2html.TagCreator.p;
import static j2html.TagCreator.text;
import static j2html.TagCreator.ul;

import io.callstream.cli.Callstream;
import io.callstream.cli.Exit;
import io.callstream.cli.Fault;
import io.callstream.dialler.GatewayAddress;
import j2html.tags.DomContent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.RouterFunctions;
import reactor.core.scheduler.Scheduler;

/**
 * The page to try things on: test an address before it is entered at the platform, and play a few calls. Both run the
 * command line's own commands.
 */
final class TryRoutes {

    /** Of a terminal, where the gateway runs in one. */
    private static final String COLOURS = "\u001B\\[[;\\d]*m";

    /** The commands would take the gateway's own secret from the environment, and send it to any address. */
    private static final String NO_SECRET = "--secret=";

    private final PagesSettings settings;
    private final Renderer renderer;
    private final Scheduler scheduler;
    private final AtomicBoolean isPlaying = new AtomicBoolean();
    private volatile String lastCampaign = "";

    TryRoutes(PagesSettings settings, Renderer renderer, Scheduler scheduler) {
        this.settings = settings;
        this.renderer = renderer;
        this.scheduler = scheduler;
    }

    void addTo(RouterFunctions.Builder routes) {
        routes.GET(Layout.ROOT + "try", request -> renderer.page("try", "Try it", this::content))
                .POST(Layout.ROOT + "try/check", request -> renderer.html(request, this::check))
                .POST(Layout.ROOT + "try/play", request -> renderer.html(request, fields -> play()))
                .GET(
                        Layout.ROOT + "try/campaign",
                        request -> renderer.html(() -> campaign().render()));
    }

    private DomContent content() {
        if (!settings.actions()) {
            return p(
                    "This console only shows. callstream.console.actions=true lets it post test callbacks; so do the commands"
                            + " callstream check and callstream dial.");
        }
        return div(
                h2("Test an address"),
                p(
                        "Tests the address that is to be entered at the platform: name, port, certificate, secret. Posts a marked"
                                + " test call and follows it into Kafka."),
                form(
                                label(
                                        text("Address, with its credential"),
                                        input().withName("address")
                                                .withValue(
                                                        own().tls()
                                                                ? "https://" + own().authority()
                                                                : "http://" + own().authority())
                                                .attr("size", "60")
                                                .attr("maxlength", "1000")
                                                .attr("autocomplete", "off")
                                                .attr("spellcheck", "false")),
                                button("Test").withType("submit"))
                        .withClass("filters")
                        .attr("hx-post", Layout.ROOT + "try/check")
                        .attr("hx-target", "#steps")
                        .attr("hx-disabled-elt", "find button"),
                div().withId("steps").attr("role", "status"),
                settings.campaigns() ? campaigns() : text(""));
    }

    private DomContent campaigns() {
        return div(
                h2("Play a few calls"),
                p(
                        "Posts the callbacks of 60 calls in about a minute, as a dialler would, to this gateway. Some are repeated,"
                                + " out of order or missing. Consumers of the topics take"
                                + " them for real calls."),
                button("Play 60 calls")
                        .withType("button")
                        .attr("hx-post", Layout.ROOT + "try/play")
                        .attr("hx-target", "#campaign"),
                div(campaign()).withId("campaign").attr("role", "status"));
    }

    /** The gateway's address. Its secret is not shown. */
    private GatewayAddress own() {
        return address(settings.gateway().get());
    }

    private static GatewayAddress address(@Nullable String typed) {
        try {
            return GatewayAddress.of(typed == null ? "" : typed.strip(), null);
        } catch (IllegalArgumentException e) {
            throw new Fault(String.valueOf(e.getMessage()), e);
        }
    }

    private String check(MultiValueMap<String, String> fields) {
        mayAct();
        String typed = fields.getFirst("address");
        address(typed);
        List<String> command = new ArrayList<>(List.of("check", NO_SECRET));
        if (settings.kafka() != null) {
            command.add("--kafka=" + settings.kafka());
        }
        command.addAll(List.of("--", String.valueOf(typed).strip()));
        StringWriter said = new StringWriter();
        Callstream.run(new PrintWriter(said), command.toArray(String[]::new));
        return ul(each(
                        said.toString().replaceAll(COLOURS, "").lines().toList(),
                        line -> li(Texts.sentence(line)).withClass(line.startsWith("\u2717") ? "bad" : "")))
                .withClass("steps")
                .render();
    }

    private String play() {
        if (!settings.campaigns()) {
            throw new Fault("Calls can be played in the standalone run, or if callstream.console.campaigns is true.");
        }
        if (isPlaying.compareAndSet(false, true)) {
            try {
                scheduler.schedule(this::dial);
            } catch (RejectedExecutionException e) {
                isPlaying.set(false);
                throw e;
            }
        }
        return campaign().render();
    }

    private void dial() {
        try {
            StringWriter said = new StringWriter();
            int code = Callstream.run(
                    new PrintWriter(said),
                    "dial",
                    NO_SECRET,
                    "--calls=60",
                    "--rate=3",
                    "--speed=10",
                    "--both-legs",
                    "--repeats=4",
                    "--disorder=4",
                    "--missing=4",
                    "--json",
                    "--",
                    settings.gateway().get());
            lastCampaign = code == Exit.OK
                    ? "The calls are over. Every callback was answered 2xx."
                    : "The calls are over. Not every callback was answered 2xx: "
                            + said.toString().replaceAll(COLOURS, "");
        } finally {
            isPlaying.set(false);
        }
    }

    private DomContent campaign() {
        return isPlaying.get()
                ? p(
                                text("The calls are being played. See them on the page "),
                                a("Calls").withHref(Layout.ROOT + "calls"),
                                text("."))
                        .attr("hx-get", Layout.ROOT + "try/campaign")
                        .attr("hx-trigger", "load delay:2s")
                        .attr("hx-target", "#campaign")
                : p(Texts.sentence(lastCampaign));
    }

    private void mayAct() {
        if (!settings.actions()) {
            throw new Fault("This console only shows. Set callstream.console.actions to true.");
        }
    }
}
