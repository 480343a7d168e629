package io.callstream.cli.watch;

import io.callstream.cli.EventLines;
import io.callstream.cli.Printable;
import io.callstream.cli.Screen;
import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.EventKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls with the latest events, as a table. It shows no phone numbers, because others may see the screen. */
final class CallTable {

    private static final int MOST_CALLS = 2000;
    private static final int SHORTEST_ID = 12;
    private static final int OTHER_COLUMNS = 62;

    /** By call id; the call with the latest event is the last entry. */
    private final Map<String, Row> calls = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Row> eldest) {
            return size() > MOST_CALLS;
        }
    };

    private long events;

    private static final class Row {

        private String state = "";
        private String colour = "white";
        private @Nullable String company;
        private @Nullable String extension;
        private @Nullable Instant began;
        private @Nullable Instant answered;
        private @Nullable Instant ended;
        private @Nullable Long talkSeconds;
        private String outcome = "";

        /** Changes the state only if it is a later one: a late event does not set the call back. */
        private void state(boolean isNext, String name, String shown) {
            if (isNext) {
                state = name;
                colour = shown;
            }
        }

        private String talk(Instant now) {
            if (talkSeconds != null) {
                return talkSeconds + " s";
            }
            return answered == null
                    ? ""
                    : Math.max(
                                    0,
                                    Duration.between(answered, ended == null ? now : ended)
                                            .toSeconds()) + " s";
        }
    }

    void take(CallEvent event) {
        events++;
        Row row = calls.computeIfAbsent(event.callId(), id -> new Row());
        row.company = event.companyCode() != null ? event.companyCode() : row.company;
        row.extension = event.extension() != null ? event.extension() : row.extension;
        row.began = row.began == null ? event.receivedAt() : row.began;
        EventKind kind = event.kind();
        switch (kind) {
            case RING -> row.state(row.answered == null && row.ended == null, "ringing", EventLines.colour(event));
            case ANSWER -> {
                row.answered = event.receivedAt();
                row.state(row.ended == null, "talking", EventLines.colour(event));
            }
            case HANGUP -> {
                row.ended = event.receivedAt();
                row.state(row.outcome.isEmpty(), "hung up", EventLines.colour(event));
            }
            case BILL -> {
                BillEvent bill = (BillEvent) event;
                row.ended = row.ended == null ? event.receivedAt() : row.ended;
                row.talkSeconds = bill.talkSeconds();
                row.outcome = EventLines.outcome(bill);
                row.state(true, "billed", EventLines.colour(event));
            }
            default -> row.state(row.state.isEmpty(), kind.label(), EventLines.colour(event));
        }
    }

    /** Returns styled rows that fit the width and height of the screen. */
    List<String> rows(Screen.Size screen, Instant now) {
        List<String> rows = new ArrayList<>();
        rows.add(String.join(
                "  ",
                Screen.styled("bold", "Callstream"),
                "%,d events".formatted(events),
                Screen.styled("yellow", count("ringing")),
                Screen.styled("green", count("talking")),
                Screen.styled("cyan", count("hung up")),
                Screen.styled("blue", count("billed")),
                Screen.styled("faint", " Ctrl-C ends")));
        int idWidth = Math.max(SHORTEST_ID, Math.min(36, screen.width() - OTHER_COLUMNS - 20));
        rows.add(Screen.styled(
                "bold,underline",
                cut(
                        "%-8s  %-9s  %-10s  %8s  %-6s  %-"
                                .concat(idWidth + "s  %s")
                                .formatted("state", "company", "extension", "duration", "talk", "call", "outcome"),
                        screen.width())));
        List<Map.Entry<String, Row>> last = new ArrayList<>(calls.entrySet());
        int room = Math.max(1, screen.height() - rows.size() - 1);
        for (int i = last.size() - 1; i >= Math.max(0, last.size() - room); i--) {
            Row row = last.get(i).getValue();
            String text = "%-8s  %-9s  %-10s  %8s  %-6s  %-"
                    .concat(idWidth + "s  %s")
                    .formatted(
                            row.state,
                            row.company == null ? "-" : Printable.line(row.company),
                            row.extension == null ? "-" : Printable.line(row.extension),
                            clock(row.began, row.ended == null ? now : row.ended),
                            row.talk(now),
                            cut(Printable.line(last.get(i).getKey()), idWidth),
                            row.outcome);
            rows.add(Screen.styled(row.colour, cut(text, screen.width())));
        }
        return rows;
    }

    private String count(String state) {
        return calls.values().stream().filter(row -> row.state.equals(state)).count() + " " + state;
    }

    private static String clock(@Nullable Instant from, Instant to) {
        long seconds = from == null ? 0 : Math.max(0, Duration.between(from, to).toSeconds());
        return "%d:%02d".formatted(seconds / 60, seconds % 60);
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 1) + "…";
    }
}
