package io.callstream.console.pages;

import static j2html.TagCreator.a;
import static j2html.TagCreator.button;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.form;
import static j2html.TagCreator.input;
import static j2html.TagCreator.label;
import static j2html.TagCreator.option;
import static j2html.TagCreator.p;
import static j2html.TagCreator.select;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.callstream.console.calls.CallFeed;
import io.callstream.console.calls.CallRow;
import io.callstream.schemas.CallState;
import j2html.tags.DomContent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of calls as HTML: the latest ones, which a stream renews, or those that a search has found. */
final class CallList {

    static final List<String> COLUMNS = List.of(
            "Changed (UTC)",
            "State",
            "Company",
            "Agent",
            "Extension",
            "Customer",
            "Waited",
            "Talked",
            "Outcome",
            "Call");

    private CallList() {}

    /** The page's content. */
    static DomContent content(CallQuery query, DomContent calls) {
        String address = query.address();
        return div(
                form(
                                field("Company", "company", query.filter().company()),
                                field("Extension", "extension", query.filter().extension()),
                                label(text("State"), states(query.filter().state())),
                                field("Id, number, extension or agent", "q", query.text()),
                                button("Show").withType("submit"),
                                a("All").withHref(Layout.ROOT + "calls").withClass("button"))
                        .withClass("filters")
                        .withMethod("get")
                        .withAction(Layout.ROOT + "calls")
                        .attr("role", "search"),
                query.isSearch() ? div(calls) : live(query, calls),
                p(
                        text("Download up to 10,000 of these calls: "),
                        a("CSV").withHref(Layout.ROOT + "calls.csv" + address),
                        text(" "),
                        a("JSON").withHref(Layout.ROOT + "calls.json" + address)));
    }

    private static DomContent live(CallQuery query, DomContent calls) {
        return div(
                div(
                                button("Pause").withType("button").withId("pause"),
                                span("Connecting…").withId("connection").attr("role", "status"))
                        .withClass("toolbar"),
                div(calls)
                        .withId("live")
                        .attr("hx-ext", "sse")
                        .attr("sse-connect", Layout.ROOT + "calls/stream" + query.address())
                        .attr("sse-swap", "calls"));
    }

    private static DomContent field(String name, String parameter, @Nullable String value) {
        return label(
                text(name),
                input().withName(parameter)
                        .withValue(value == null ? "" : value)
                        .attr("autocomplete", "off")
                        .attr("maxlength", CallQuery.LONGEST));
    }

    private static DomContent states(CallState.@Nullable State chosen) {
        return select(
                        option("any").withValue("").withCondSelected(chosen == null),
                        each(
                                List.of(CallState.State.values()),
                                state -> option(state.label())
                                        .withValue(state.label())
                                        .withCondSelected(state == chosen)))
                .withName("state");
    }

    /**
     * The table, and what the feed has to say.
     *
     * @param none what to say if there are no calls
     */
    static DomContent calls(List<CallRow> calls, CallFeed.Status status, int known, String none) {
        return div(
                p(note(status, known)).withClass(status.trouble().isEmpty() ? "note" : "trouble"),
                div(table(
                                        thead(tr(each(
                                                COLUMNS, column -> th(column).attr("scope", "col")))),
                                        tbody(each(calls, CallList::row)))
                                .withClass("calls"))
                        .withClass("scroll")
                        .attr("tabindex", "0")
                        .attr("role", "region")
                        .attr("aria-label", "Calls"),
                calls.isEmpty() && status.isUpToDate() ? p(none).withClass("empty") : text(""));
    }

    private static String note(CallFeed.Status status, int known) {
        if (!status.trouble().isEmpty()) {
            return Texts.sentence(status.trouble());
        }
        return status.left() > 0
                ? "%,d calls are known, %,d records are still to be read.".formatted(known, status.left())
                : "%,d calls are known.".formatted(known);
    }

    private static DomContent row(CallRow call) {
        return tr(
                td(Texts.clock(call.updatedAt())),
                td(state(call)),
                td(Texts.brief(call.company())),
                td(Texts.brief(call.agent())),
                td(Texts.brief(call.extension())),
                td(Texts.masked(call.customer())),
                td(Texts.seconds(call.waitSeconds())).withClass("number"),
                td(Texts.seconds(call.talkSeconds())).withClass("number"),
                td(outcome(call)),
                td(a(Texts.brief(call.id())).withHref(address(call.id())).withClass("id")));
    }

    static DomContent state(CallRow call) {
        return span(call.state().label()).withClass("state " + call.state().label());
    }

    static String outcome(CallRow call) {
        String answered = call.answered() == null ? "" : call.answered() ? "answered" : "not answered";
        String outcome = call.hangup() == null || "normal".equals(call.hangup())
                ? answered
                : answered + (answered.isEmpty() ? "" : ": ") + Texts.brief(call.hangup());
        return call.isIncomplete() ? outcome + (outcome.isEmpty() ? "" : ", ") + "incomplete" : outcome;
    }

    /** The address of a call's page. */
    static String address(String id) {
        return Layout.ROOT + "call?id=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }
}
