package io.callstream.console.pages;

import static j2html.TagCreator.a;
import static j2html.TagCreator.button;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.form;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.input;
import static j2html.TagCreator.label;
import static j2html.TagCreator.li;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.textarea;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;

import io.callstream.cli.Printable;
import io.callstream.cli.quarantine.Quarantined;
import io.callstream.console.quarantine.RefusedCallbacks;
import io.callstream.console.quarantine.RefusedCallbacks.Entry;
import io.callstream.gateway.codec.Privacy;
import io.callstream.schemas.Headers;
import j2html.tags.DomContent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The quarantine as HTML: the newest refused callbacks by reason, and one of them with why it was refused. */
final class QuarantinePage {

    private static final List<String> COLUMNS = List.of("Received", "Reason", "Size", "Id", "Why, and what to do");

    private static final Set<String> OWN = Set.of(
            Headers.QUARANTINE_ID, Headers.REASON, Headers.RECEIVED_AT, Headers.PATH, Headers.TENANT, Headers.CHARSET);

    private QuarantinePage() {}

    /** @param reason shows only those with this reason; {@code null} shows all */
    static DomContent list(RefusedCallbacks.Newest read, @Nullable String reason) {
        List<Entry> newest = read.entries();
        Map<String, Long> counts =
                newest.stream().collect(Collectors.groupingBy(Entry::reason, TreeMap::new, Collectors.counting()));
        List<Entry> shown = newest.stream()
                .filter(entry -> reason == null || reason.equals(entry.reason()))
                .toList();
        return div(
                p(
                        newest.isEmpty()
                                ? "No callback is in quarantine."
                                : "Refused callbacks, the newest first. callstream quarantine list shows older ones than these %d."
                                        .formatted(newest.size())),
                ul(
                                each(
                                        counts.entrySet(),
                                        count -> li(a("%s (%d)"
                                                        .formatted(Texts.brief(count.getKey()), count.getValue()))
                                                .withHref(address(count.getKey()))
                                                .condAttr(count.getKey().equals(reason), "aria-current", "true"))),
                                reason == null ? text("") : li(a("all").withHref(Layout.ROOT + "quarantine")))
                        .withClass("reasons"),
                div(table(
                                thead(tr(each(COLUMNS, column -> th(column).attr("scope", "col")))),
                                tbody(each(shown, QuarantinePage::row))))
                        .withClass("scroll")
                        .attr("tabindex", "0")
                        .attr("role", "region")
                        .attr("aria-label", "Refused callbacks"));
    }

    private static String address(String reason) {
        return Layout.ROOT + "quarantine?reason=" + URLEncoder.encode(reason, StandardCharsets.UTF_8);
    }

    private static DomContent row(Entry entry) {
        return tr(
                td(Texts.time(entry.receivedAt())),
                td(Texts.brief(entry.reason())),
                td(Texts.bytes(entry.bytes())).withClass("number"),
                td(a(Texts.brief(entry.id()))
                        .withHref(Layout.ROOT
                                + "quarantine/record?partition=%d&offset=%d"
                                        .formatted(entry.partition(), entry.offset()))
                        .withClass("id")),
                td(explanation(entry.explanation())).withClass("long"));
    }

    /** A refused callback without its request, which contains phone numbers. */
    static DomContent record(Quarantined item, Place place) {
        return div(
                p(explanation(item.explanation())).withClass("trouble"),
                dl(each(
                        own(item),
                        header -> div(dt(Printable.line(header.getKey())), dd(Printable.line(header.getValue()))))),
                h2("The request as it came"),
                div(
                                p("It can contain phone numbers. Showing it is logged."),
                                button("Show the request")
                                        .withType("button")
                                        .attr("hx-post", Layout.ROOT + "quarantine/request")
                                        .attr("hx-vals", place.json())
                                        .attr("hx-target", "#request"))
                        .withId("request"),
                p(a("All refused callbacks").withHref(Layout.ROOT + "quarantine")));
    }

    /** What the gateway wrote. The other headers are the sender's, and can contain phone numbers. */
    private static List<Map.Entry<String, String>> own(Quarantined item) {
        return item.headers().entrySet().stream()
                .filter(header -> OWN.contains(header.getKey()))
                .toList();
    }

    /** An explanation can quote the sender. */
    private static String explanation(String text) {
        return Texts.sentence(Privacy.withoutNumbers(text));
    }

    /** Where a record is. */
    record Place(int partition, long offset) {

        String json() {
            return Json.text(Map.of("partition", Integer.toString(partition), "offset", Long.toString(offset)));
        }
    }

    /** The request, and a form to send it again if that is allowed. */
    static DomContent request(Quarantined item, Place place, boolean actions) {
        return div(
                dl(each(
                        item.headers().entrySet(),
                        header -> div(dt(Printable.line(header.getKey())), dd(Printable.line(header.getValue()))))),
                pre(Printable.block(item.text())),
                actions
                        ? sending(item, place)
                        : p(
                                "This console only shows. callstream.console.actions=true lets it send callbacks again; so does"
                                        + " callstream quarantine send."),
                div().withId("outcome").attr("role", "status"));
    }

    private static DomContent sending(Quarantined item, Place place) {
        return div(
                form(
                                hidden("partition", place.partition()),
                                hidden("offset", place.offset()),
                                button("Send again unchanged").withType("submit"))
                        .withId("unchanged")
                        .attr("hx-post", Layout.ROOT + "quarantine/send")
                        .attr("hx-target", "#outcome"),
                form(
                                hidden("partition", place.partition()),
                                hidden("offset", place.offset()),
                                label(
                                        text("Or send this instead: one callback, a JSON object"),
                                        textarea(item.text())
                                                .withName("callback")
                                                .attr("spellcheck", "false")),
                                button("Send the edited callback").withType("submit"))
                        .withId("edited")
                        .attr("hx-post", Layout.ROOT + "quarantine/send")
                        .attr("hx-target", "#outcome"));
    }

    private static DomContent hidden(String name, long value) {
        return input().withType("hidden").withName(name).withValue(Long.toString(value));
    }

    static DomContent outcome(int status, String detail) {
        boolean isAccepted = status / 100 == 2;
        return p("%d: %s".formatted(status, Printable.line(detail))).withClass(isAccepted ? "ok" : "bad");
    }
}
