package io.callstream.console.pages;

import static j2html.TagCreator.a;
import static j2html.TagCreator.button;
import static j2html.TagCreator.code;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.details;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.li;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;

import io.callstream.cli.Printable;
import io.callstream.cli.call.CallStory;
import io.callstream.console.calls.CallFeed;
import io.callstream.console.calls.CallRecords.Found;
import io.callstream.console.calls.CallRecords.History;
import io.callstream.console.calls.CallRow;
import j2html.tags.DomContent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One call as HTML: its result and its timeline in words. Its numbers, and the records, which contain them, are shown
 * when somebody asks for them.
 */
final class CallPage {

    private static final List<String> COLUMNS = List.of("#", "Received", "Event", "What", "Remarks", "Waited");

    private CallPage() {}

    static DomContent content(CallRow call, History history) {
        return div(
                p(CallList.state(call), text(" "), text(CallList.outcome(call))),
                dl(
                        fact("Call", Printable.line(call.id())),
                        fact("Company", Texts.brief(call.company())),
                        fact("Agent", Texts.brief(call.agent())),
                        fact("Extension", Texts.brief(call.extension())),
                        fact("Customer", Texts.masked(call.customer())),
                        fact("Started", call.startedAt() == null ? "–" : Texts.time(call.startedAt())),
                        fact("Waited", Texts.seconds(call.waitSeconds())),
                        fact("Talked", Texts.seconds(call.talkSeconds()))),
                history.state() == null
                        ? p("The call's state could not be read. It may have changed: load the page again.")
                        : ul(each(CallStory.summary(history.state()), fact -> li(fact)))
                                .withClass("facts"),
                h2("Timeline"),
                history.isWhole()
                        ? text("")
                        : p("This is not the whole timeline: the rest is older than the topic's retention, or too far to"
                                        + " search. `callstream call` reads the whole topic.")
                                .withClass("trouble"),
                TimelineDrawing.of(history.records()),
                timeline(history.records()),
                div(
                                p("The records contain phone numbers. Showing them is logged."),
                                button("Show numbers and records")
                                        .withType("button")
                                        .attr("hx-post", Layout.ROOT + "call/records")
                                        .attr("hx-vals", Json.object("id", call.id()))
                                        .attr("hx-target", "#records"))
                        .withId("records"),
                p(a("All calls").withHref(Layout.ROOT + "calls")));
    }

    /** What is shown of a call that the index does not know. */
    static DomContent unknown(String id, int known, CallFeed.Status status) {
        String note = status.isUpToDate() ? "" : "The console is still reading Kafka: load the page again.";
        return div(
                p(
                        text("No call "),
                        code(Printable.line(id)),
                        text(" is among the %,d calls that the console knows. ".formatted(known) + note)),
                p("It may be forgotten, erased or older. To search the whole topic:"),
                pre("deploy/cli/callstream call '" + Printable.line(id).replace("'", "'\\''") + "'"));
    }

    private static DomContent fact(String name, String value) {
        return div(dt(name), dd(value));
    }

    private static DomContent timeline(List<Found> records) {
        return div(table(
                        thead(tr(each(COLUMNS, column -> th(column).attr("scope", "col")))),
                        tbody(each(records, found -> row(CallStory.chapter(found.reading()))))))
                .withClass("scroll")
                .attr("tabindex", "0")
                .attr("role", "region")
                .attr("aria-label", "Timeline");
    }

    private static DomContent row(CallStory.Chapter chapter) {
        Instant at = chapter.at();
        return tr(
                td(chapter.sequence() == 0 ? "–" : Long.toString(chapter.sequence()))
                        .withClass("number"),
                td(at == null ? "–" : Texts.time(at)),
                td(chapter.kind()).withClass("kind"),
                td(chapter.what()),
                td(chapter.remarks()).withClass("remark"),
                td(chapter.waited() == null ? "" : Texts.duration(chapter.waited()))
                        .withClass("number"));
    }

    /** The numbers of a call, and its records with their headers and values. */
    static DomContent records(CallRow call, History history) {
        return div(
                dl(fact("Customer", call.customer() == null ? "–" : Printable.line(call.customer()))),
                each(history.records(), found -> record(found.record())));
    }

    private static DomContent record(ConsumerRecord<byte[], byte[]> record) {
        String place = "%s, partition %d, offset %d".formatted(record.topic(), record.partition(), record.offset());
        return details(
                summary(place),
                dl(
                        fact("Written", Texts.time(Instant.ofEpochMilli(record.timestamp()))),
                        each(
                                List.of(record.headers().toArray()),
                                header -> fact(
                                        Texts.brief(header.key()),
                                        header.value() == null ? "–" : printable(header.value())))),
                pre(printable(record.value())),
                button("Copy").withType("button").withClass("copy"));
    }

    private static String printable(byte @Nullable [] bytes) {
        return bytes == null ? "–" : Printable.json(new String(bytes, StandardCharsets.UTF_8));
    }
}
