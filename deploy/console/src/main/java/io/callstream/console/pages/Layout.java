package io.callstream.console.pages;

import static j2html.TagCreator.a;
import static j2html.TagCreator.body;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.head;
import static j2html.TagCreator.header;
import static j2html.TagCreator.html;
import static j2html.TagCreator.link;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.script;
import static j2html.TagCreator.span;
import static j2html.TagCreator.title;

import j2html.tags.DomContent;
import java.util.List;

/** What all pages have in common: the head, the navigation, the heading. */
final class Layout {

    /** Where the console is. */
    static final String ROOT = "/console/";

    /** The header in which a request that changes something has the page's token. */
    static final String TOKEN = "X-Callstream-Token";

    private static final String HTMX_SETTINGS =
            "{\"includeIndicatorStyles\":false,\"allowEval\":false,\"selfRequestsOnly\":true,\"historyCacheSize\":0,"
                    // Refusals are sentences to be shown, too.
                    + "\"responseHandling\":[{\"code\":\"204\",\"swap\":false},{\"code\":\"...\",\"swap\":true}]}";

    private record Entry(String path, String name) {}

    private static final List<Entry> ENTRIES = List.of(
            new Entry("calls", "Calls"),
            new Entry("quarantine", "Quarantine"),
            new Entry("gateway", "Gateway"),
            new Entry("try", "Try it"));

    private final String token;

    /** @param token what a request that changes something must have in the header {@link #TOKEN} */
    Layout(String token) {
        this.token = token;
    }

    /**
     * Renders a page.
     *
     * @param entry the path of the navigation's entry to which the page belongs
     */
    String page(String entry, String title, DomContent... content) {
        return "<!DOCTYPE html>"
                + html(
                                head(
                                        meta().withCharset("utf-8"),
                                        meta().withName("viewport").withContent("width=device-width, initial-scale=1"),
                                        meta().withName("htmx-config").withContent(HTMX_SETTINGS),
                                        title(title + " · Callstream"),
                                        link().withRel("icon").withHref("data:,"),
                                        link().withRel("stylesheet").withHref(ROOT + "assets/uplot.css"),
                                        link().withRel("stylesheet").withHref(ROOT + "assets/console.css"),
                                        asset("htmx.js"),
                                        asset("htmx-sse.js"),
                                        asset("uplot.js"),
                                        asset("console.js")),
                                body(
                                                a("Skip to the content")
                                                        .withHref("#content")
                                                        .withClass("skip"),
                                                header(
                                                        a(span("Callstream"))
                                                                .withHref(ROOT + "calls")
                                                                .withClass("brand"),
                                                        nav(each(ENTRIES, one -> entry(one, entry)))
                                                                .attr("aria-label", "Pages")),
                                                main(h1(title), each(content)).withId("content"))
                                        .attr("hx-headers", "{\"" + TOKEN + "\":\"" + token + "\"}"))
                        .withLang("en")
                        .render();
    }

    private static DomContent asset(String name) {
        return script().withSrc(ROOT + "assets/" + name).isDefer();
    }

    private static DomContent entry(Entry entry, String current) {
        return a(entry.name())
                .withHref(ROOT + entry.path())
                .condAttr(entry.path().equals(current), "aria-current", "page");
    }
}
