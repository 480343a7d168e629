package io.callstream.cli.call;

import io.callstream.cli.EventLines;
import io.callstream.cli.Printable;
import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.CallState;
import io.callstream.schemas.OrphanEvent;
import io.callstream.schemas.StatusEvent;
import io.callstream.schemas.TimelineEvent;
import io.callstream.schemas.TimelineReading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call's timeline and its state in words, for the terminal and for the console. All texts are safe to print, see
 * {@link Printable}; a page must still escape them.
 */
public final class CallStory {

    private CallStory() {}

    /**
     * A record of the timeline in words.
     *
     * @param sequence its place in the call; 0 if the event belongs to another tenant or cannot be read
     * @param at when the gateway received it; {@code null} if it cannot be read
     * @param kind {@code ring}, {@code answer}, {@code hangup}, {@code bill}, {@code orphan}, …
     * @param what the leg of a status or the result of a bill; can be empty
     * @param remarks what is late, missing or corrected; empty if nothing is
     * @param waited how long the event waited for earlier events; {@code null} if it did not
     */
    public record Chapter(
            long sequence,
            @Nullable Instant at,
            String kind,
            String what,
            String remarks,
            @Nullable Duration waited) {

        static Chapter of(TimelineEvent placed) {
            CallEvent event = placed.event();
            Long waited = placed.timeline().waitedMillis();
            return new Chapter(
                    placed.timeline().sequence(),
                    event.receivedAt(),
                    event.kind().label(),
                    event instanceof StatusEvent status
                            ? "leg " + status.leg().side()
                            : event instanceof BillEvent bill ? EventLines.outcome(bill) : "",
                    EventLines.remarks(placed.timeline()),
                    waited == null ? null : Duration.ofMillis(waited));
        }

        static Chapter of(OrphanEvent orphan) {
            return new Chapter(
                    orphan.timeline().sequence(), orphan.lastReceivedAt(), "orphan", "no bill has come", "", null);
        }
    }

    /** Returns a record of the timeline in words. */
    public static Chapter chapter(TimelineReading reading) {
        return reading instanceof TimelineEvent placed
                ? Chapter.of(placed)
                : reading instanceof OrphanEvent orphan
                        ? Chapter.of(orphan)
                        : new Chapter(
                                0, null, "unknown", "an event of a kind that this version does not know", "", null);
    }

    /** Returns the call's result in words, one phrase for each fact. */
    public static List<String> summary(CallState state) {
        List<String> parts = new ArrayList<>();
        if (state.answered() != null) {
            String talk = state.talkSeconds() == null ? "" : ", %d s of talk".formatted(state.talkSeconds());
            parts.add(state.answered() ? "answered" + talk : "not answered");
        }
        parts.add(
                state.missing() == null
                        ? "nothing is missing"
                        : "missing: " + Printable.line(String.join(", ", state.missing())));
        if (state.late() != null) {
            parts.add("%d event(s) came late".formatted(state.late()));
        }
        if (state.bills() != null && state.bills() > 1) {
            parts.add("the bill was corrected: %d versions".formatted(state.bills()));
        }
        if (state.repeats() != null) {
            parts.add("%d repeated callback(s) left out".formatted(state.repeats()));
        }
        if (state.unlinked() != null) {
            parts.add("no status has the bill's id");
        }
        return parts;
    }
}
