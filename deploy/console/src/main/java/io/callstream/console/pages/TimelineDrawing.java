package io.callstream.console.pages;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import io.callstream.console.calls.CallRecords.Found;
import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.StatusEvent;
import io.callstream.schemas.TimelineEvent;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A call's events drawn on a line for each leg and one for the bill, from left to right as the gateway received them.
 *
 * <pre>
 *   leg A   ●───────●──────────────────●
 *   leg B        ●──────●──────────────●
 *   bill                                    ●
 *           0.0 s                       41.2 s
 * </pre>
 */
final class TimelineDrawing {

    private static final int LEFT = 90;
    private static final int WIDTH = 800;
    private static final int RIGHT = 30;
    private static final int LANE = 42;
    private static final int TOP = 30;

    /** A call has at most eight legs and one bill; a sender can post more. */
    private static final int MOST_LANES = 10;

    private TimelineDrawing() {}

    /** Returns nothing if no event can be drawn. */
    static DomContent of(List<Found> records) {
        Map<String, List<CallEvent>> lanes = new LinkedHashMap<>();
        Instant first = Instant.MAX;
        Instant last = Instant.MIN;
        for (Found found : records) {
            if (!(found.reading() instanceof TimelineEvent placed)) {
                continue;
            }
            CallEvent event = placed.event();
            String lane = event instanceof StatusEvent status
                    ? "leg " + status.leg().side() + ' '
                            + Texts.brief(status.leg().id())
                    : event instanceof BillEvent ? "bill" : "other";
            if (lanes.containsKey(lane) || lanes.size() < MOST_LANES) {
                lanes.computeIfAbsent(lane, name -> new ArrayList<>()).add(event);
                first = event.receivedAt().isBefore(first) ? event.receivedAt() : first;
                last = event.receivedAt().isAfter(last) ? event.receivedAt() : last;
            }
        }
        if (lanes.isEmpty()) {
            return text("");
        }
        double span = Math.max(1, Duration.between(first, last).toMillis());
        int height = TOP + LANE * lanes.size() + 20;
        ContainerTag<?> drawing = tag("svg")
                .attr("viewBox", "0 0 %d %d".formatted(WIDTH, height))
                .attr("role", "img")
                .attr("aria-label", "The events of each leg in time; the table below has the same")
                .attr("class", "drawing");
        int y = TOP;
        for (Map.Entry<String, List<CallEvent>> lane : lanes.entrySet()) {
            drawing.with(label(
                    0,
                    y + 4,
                    lane.getKey().substring(0, Math.min(5, lane.getKey().length())),
                    "lane"));
            drawing.with(tag("line")
                    .attr("x1", LEFT)
                    .attr("x2", WIDTH - RIGHT)
                    .attr("y1", y)
                    .attr("y2", y));
            boolean isAbove = true;
            for (CallEvent event : lane.getValue()) {
                double share = Duration.between(first, event.receivedAt()).toMillis() / span;
                int x = (int) (LEFT + share * (WIDTH - LEFT - RIGHT));
                drawing.with(tag("circle")
                        .attr("cx", x)
                        .attr("cy", y)
                        .attr("r", 6)
                        .attr("class", event.kind().label()));
                // Neighbours are often too near for two texts beside each other.
                drawing.with(label(x, isAbove ? y - 12 : y + 20, event.kind().label(), "mark"));
                isAbove = !isAbove;
            }
            y += LANE;
        }
        drawing.with(label(LEFT, height - 6, "0.0 s", "axis"));
        drawing.with(label(WIDTH - RIGHT, height - 6, "%.1f s".formatted(span / 1000), "axis"));
        return drawing;
    }

    private static DomContent label(int x, int y, String what, String style) {
        return tag("text").attr("x", x).attr("y", y).attr("class", style).withText(what);
    }
}
