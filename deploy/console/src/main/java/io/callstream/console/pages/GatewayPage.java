package io.callstream.console.pages;

import static j2html.TagCreator.dd;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.callstream.console.calls.CallFeed;
import io.callstream.console.calls.CallIndex;
import io.callstream.console.figures.Figures;
import io.callstream.gateway.journal.Backlog;
import io.callstream.gateway.journal.Durability;
import io.callstream.gateway.journal.Journal;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import j2html.tags.DomContent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** This gateway as HTML: what it is doing now, in words, and its last hour as plots. */
final class GatewayPage {

    private static final int MOST_COMPANIES = 50;

    private final Figures figures;
    private final CallFeed feed;
    private final CallIndex index;
    private final Journal journal;
    private final MeterRegistry registry;

    GatewayPage(Figures figures, CallFeed feed, CallIndex index, Journal journal, MeterRegistry registry) {
        this.feed = feed;
        this.index = index;
        this.figures = figures;
        this.journal = journal;
        this.registry = registry;
    }

    DomContent content() {
        return div(
                div(now())
                        .withId("now")
                        .attr("hx-get", Layout.ROOT + "gateway/now")
                        .attr("hx-trigger", "every " + Figures.step().toSeconds() + "s"),
                h2("The last hour"),
                div(
                                plot("callbacks", "Accepted callbacks per second"),
                                plot("answer", "99 % of the answers within, ms (2,000: 2 s or longer)"),
                                plot("records", "Journal: records that Kafka has not acknowledged"),
                                plot("oldest", "Journal: age of the oldest of them, s"),
                                plot("refused", "Refused and quarantined per second"))
                        .withClass("plots")
                        .withId("plots")
                        .attr("data-figures", Layout.ROOT + "gateway/figures.json"));
    }

    private static DomContent plot(String name, String title) {
        return div(
                        p(title),
                        div().attr("data-plot", name).attr("role", "img").attr("aria-label", title + ", the last hour"))
                .withClass("plot");
    }

    /** What is true now. */
    DomContent now() {
        feed.wanted();
        Backlog backlog = journal.backlog();
        String trouble = journal.trouble();
        boolean isConnected = gauge("callstream.relay.connected") > 0;
        double limit = gauge("callstream.journal.limit");
        List<Figures.Sample> hour = figures.lastHour();
        Duration untilFull = Figures.untilFull(hour, limit);
        double rate = hour.isEmpty() ? 0 : hour.get(hour.size() - 1).callbacks();
        return div(
                p(trouble == null ? "The gateway accepts callbacks." : trouble)
                        .withClass(trouble == null ? "ok" : "trouble"),
                dl(
                        fact("Accepted", "%.1f callbacks/s".formatted(rate)),
                        fact("A 2xx rests on", restsOn(journal.durability())),
                        fact("Kafka", isConnected ? "answers" : "does not answer: records wait in the journal"),
                        fact("Not yet in Kafka", notYet(backlog)),
                        fact("The oldest has waited for", Texts.duration(backlog.oldestAge())),
                        fact("Journal's limit", Texts.bytes((long) limit)),
                        fact(
                                "Time until full",
                                untilFull != null
                                        ? rough(untilFull)
                                        : hour.size() < 13 ? "not known yet" : "it does not fill")),
                lastCallbacks());
    }

    private double gauge(String name) {
        Gauge gauge = registry.find(name).gauge();
        return gauge == null ? 0 : gauge.value();
    }

    private static String restsOn(Durability durability) {
        return switch (durability) {
            case KAFKA -> "Kafka's acknowledgement";
            case DISK -> "this gateway's disk";
            case KAFKA_OR_DISK -> "Kafka's acknowledgement, or this gateway's disk";
        };
    }

    private static String notYet(Backlog backlog) {
        return backlog.records() == 0
                ? "nothing"
                : "%,d records, %s".formatted(backlog.records(), Texts.bytes(backlog.bytes()));
    }

    private static String rough(Duration duration) {
        return duration.toHours() > 48
                ? "more than two days"
                : duration.toMinutes() > 120
                        ? "%d hours".formatted(duration.toHours())
                        : "%d minutes".formatted(duration.toMinutes());
    }

    private DomContent lastCallbacks() {
        Instant now = Instant.now();
        Map<String, Instant> last = new LinkedHashMap<>();
        for (TimeGauge gauge : registry.find("callstream.callbacks.last.time").timeGauges()) {
            long at = (long) gauge.value(TimeUnit.MILLISECONDS);
            last.put("tenant " + Texts.brief(gauge.getId().getTag("tenant")), Instant.ofEpochMilli(at));
        }
        index.lastByCompany(MOST_COMPANIES)
                .forEach((company, at) -> last.put("company " + Texts.brief(company) + ", all gateways", at));
        return div(table(
                        thead(tr(
                                th("Of").attr("scope", "col"),
                                th("Last callback").attr("scope", "col"))),
                        tbody(each(last.entrySet(), one -> tr(td(one.getKey()), td(ago(one.getValue(), now)))))))
                .withClass("scroll");
    }

    private static String ago(Instant at, Instant now) {
        Duration since = Duration.between(at, now);
        if (at.toEpochMilli() == 0) {
            return "none since the start";
        }
        return since.toSeconds() < 120
                ? "%d s ago".formatted(Math.max(0, since.toSeconds()))
                : "%d minutes ago".formatted(since.toMinutes());
    }

    private static DomContent fact(String name, String value) {
        return div(dt(name), dd(value));
    }

    /** The last hour, as arrays for the plots. */
    String figuresJson() {
        List<Figures.Sample> hour = figures.lastHour();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("at", hour.stream().map(sample -> sample.at().getEpochSecond()).toList());
        all.put("callbacks", values(hour, Figures.Sample::callbacks));
        all.put("answer", values(hour, Figures.Sample::answerMillis));
        all.put("records", values(hour, Figures.Sample::records));
        all.put("oldest", values(hour, Figures.Sample::oldestSeconds));
        all.put("refused", values(hour, Figures.Sample::refused));
        return Json.text(all);
    }

    private static List<@Nullable Double> values(List<Figures.Sample> hour, ToDoubleFunction<Figures.Sample> figure) {
        List<@Nullable Double> values = new ArrayList<>(hour.size());
        for (Figures.Sample sample : hour) {
            double value = figure.applyAsDouble(sample);
            values.add(Double.isNaN(value) ? null : (Double) value);
        }
        return values;
    }
}
