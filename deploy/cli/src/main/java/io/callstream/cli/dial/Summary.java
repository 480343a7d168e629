package io.callstream.cli.dial;

import io.callstream.cli.Printable;
import io.callstream.cli.Screen;
import io.callstream.dialler.GatewayAddress;
import io.callstream.dialler.Ledger;
import io.callstream.dialler.Plan;
import io.callstream.dialler.Tally;
import io.callstream.dialler.TimelineLedger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The result of a campaign, as text for a person or as JSON for a script. */
record Summary(
        GatewayAddress address,
        Plan plan,
        Tally tally,
        Ledger.@Nullable Verdict verdict,
        TimelineLedger.@Nullable Verdict timeline) {

    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};
    private static final int BAR = 50;
    private static final double MICROS = 1000;

    /** Whether every callback was answered 2xx and, if the campaign was verified, Kafka has all records in order. */
    boolean isClean() {
        return tally.refusals() == 0
                && tally.unanswered() == 0
                && (verdict == null || verdict.isClean())
                && (timeline == null || timeline.isClean());
    }

    private Histogram latencies() {
        return plan.isAsFastAsAnswered() ? tally.latenciesCorrected() : tally.latencies();
    }

    /** The result as styled text. */
    String text() {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%n%s to %s in %.1f s: %s (seed %d)",
                Screen.styled("bold", "%,d callbacks of %,d calls".formatted(tally.sent(), tally.calls())),
                Printable.line(address.toString()),
                tally.elapsed().toNanos() / 1e9,
                Screen.styled("bold", "%,.0f/s".formatted(tally.rate())),
                plan.seed());
        line(text, "  answered 2xx  %s", good(tally.accepted() == tally.sent(), "%,d".formatted(tally.accepted())));
        tally.refused()
                .forEach((status, count) ->
                        line(text, "  answered %d  %s", status, Screen.styled("red", "%,d".formatted(count))));
        if (tally.unanswered() > 0) {
            line(text, "  no answer     %s", Screen.styled("red", "%,d".formatted(tally.unanswered())));
        }
        Histogram latencies = latencies();
        text.append("  answer within ");
        for (double percentile : PERCENTILES) {
            text.append(String.format(
                    Locale.ROOT,
                    " %s %.1f ms ",
                    name(percentile),
                    latencies.getValueAtPercentile(percentile) / MICROS));
        }
        line(
                text,
                "%n                 %s",
                plan.isAsFastAsAnswered()
                        ? "from when the callback was sent, corrected for callbacks that had to wait"
                        : "from when the callback was due; waiting for a free connection counts");
        if (verdict != null) {
            line(
                    text,
                    "  in Kafka      %s of %,d accepted, %s lost, %s out of order%s%s",
                    good(verdict.lost() == 0, "%,d".formatted(verdict.expected() - verdict.lost())),
                    verdict.expected(),
                    good(verdict.lost() == 0, "%,d".formatted(verdict.lost())),
                    good(verdict.outOfOrder() == 0, "%,d calls".formatted(verdict.outOfOrder())),
                    verdict.spurious() + verdict.scattered() == 0
                            ? ""
                            : ", "
                                    + Screen.styled(
                                            "red",
                                            "%,d that were not sent or differ, %,d calls in several partitions"
                                                    .formatted(verdict.spurious(), verdict.scattered())),
                    verdict.repeats() == 0
                            ? ""
                            : ", %,d repeated by the gateway under the same origin".formatted(verdict.repeats()));
            verdict.examples().forEach(example -> line(text, "    %s", Screen.styled("red", example)));
        }
        if (timeline != null) {
            line(
                    text,
                    "  timeline      %s of %,d different callbacks once, %s lost, %s twice, %s out of order, %s with gaps%s",
                    good(timeline.lost() == 0, "%,d".formatted(timeline.expected() - timeline.lost())),
                    timeline.expected(),
                    good(timeline.lost() == 0, "%,d".formatted(timeline.lost())),
                    good(timeline.twice() == 0, "%,d".formatted(timeline.twice())),
                    good(timeline.outOfOrder() == 0, "%,d calls".formatted(timeline.outOfOrder())),
                    good(timeline.gaps() == 0, "%,d".formatted(timeline.gaps())),
                    timeline.spurious() == 0
                            ? ""
                            : ", " + Screen.styled("red", "%,d that were not sent".formatted(timeline.spurious())));
            if (timeline.late() + timeline.missing() > 0) {
                line(
                        text,
                        "                it says of %,d event(s) that they are late, and of %,d that they are missing",
                        timeline.late(),
                        timeline.missing());
            }
            line(
                    text,
                    "                p50 %,d ms  p99 %,d ms after Kafka's append, for events that did not wait for others",
                    timeline.p50Millis(),
                    timeline.p99Millis());
            timeline.examples().forEach(example -> line(text, "    %s", Screen.styled("red", example)));
        }
        return text.toString();
    }

    private static String name(double percentile) {
        return percentile == 100 ? "worst" : "p" + String.valueOf(percentile).replaceAll("\\.0$", "");
    }

    private static String good(boolean good, String text) {
        return Screen.styled(good ? "bold,green" : "bold,red", text);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }

    /** A histogram of the latencies, as styled text. */
    String plot() {
        Histogram latencies = latencies();
        Map<Double, Long> counts = new LinkedHashMap<>();
        double millis = 0.25;
        long below = 0;
        long most = 1;
        while (below < latencies.getTotalCount()) {
            long upTo = latencies.getCountBetweenValues(0, (long) (millis * MICROS));
            if (upTo > 0) {
                counts.put(millis, upTo - below);
                most = Math.max(most, upTo - below);
            }
            below = upTo;
            millis *= 2;
        }
        StringBuilder plot = new StringBuilder(System.lineSeparator());
        for (Map.Entry<Double, Long> bin : counts.entrySet()) {
            int length = (int) Math.ceil((double) BAR * bin.getValue() / most);
            String colour = bin.getKey() <= 10 ? "green" : bin.getKey() <= 100 ? "yellow" : "red";
            line(
                    plot,
                    "  %8s ms  %s %,d",
                    "≤ " + String.valueOf(bin.getKey()).replaceAll("\\.0$", ""),
                    Screen.styled(colour, "█".repeat(length) + " ".repeat(BAR - length)),
                    bin.getValue());
        }
        return plot.toString();
    }

    String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", plan.seed());
        json.put("calls", tally.calls());
        json.put("callbacks", tally.sent());
        json.put("accepted", tally.accepted());
        json.put("refused", tally.refused());
        json.put("unanswered", tally.unanswered());
        json.put("seconds", tally.elapsed().toNanos() / 1e9);
        json.put("perSecond", tally.rate());
        Histogram latencies = latencies();
        Map<String, Double> millis = new LinkedHashMap<>();
        for (double percentile : PERCENTILES) {
            millis.put(name(percentile), latencies.getValueAtPercentile(percentile) / MICROS);
        }
        json.put("latencyMillis", millis);
        if (verdict != null) {
            json.put("verified", verdict);
        }
        if (timeline != null) {
            json.put("timeline", timeline);
        }
        json.put("clean", isClean());
        return JsonMapper.shared().writeValueAsString(json);
    }
}
