package io.callstream.timeline.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.schemas.CallState;
import io.callstream.schemas.EventKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Histories of single calls: what comes, and what is published. The guide's table is made from this list, see
 * {@code deploy/timeline/README.md}.
 */
class HistoriesTest {

    private static final long START = Instant.parse("2026-11-02T09:00:00Z").toEpochMilli();

    /**
     * A history.
     *
     * @param comes what comes, by seconds: {@code 0 ring B, 1.5 answer B, 30 bill yes}
     * @param published what is published
     * @param state the state at the end, with what it says is missing
     */
    record History(String name, String comes, String published, String state) {}

    static final List<History> HISTORIES = List.of(
            new History(
                    "An answered call",
                    "0 ring A, 3 answer A, 30 hangup A, 31 bill yes",
                    "1 ring A, 2 answer A, 3 hangup A, 4 bill",
                    "billed"),
            new History("A number that does not connect", "0 bill no alone", "1 bill", "billed"),
            new History(
                    "Nobody answers, and the bill comes soon",
                    "0 ring A, 20 hangup A, 21 bill no",
                    "1 ring A, 2 hangup A, 3 bill",
                    "billed"),
            new History(
                    "Nobody answers, and the bill comes late",
                    "0 ring A, 20 hangup A, 90 bill no",
                    "1 ring A, 2 hangup A, 3 bill",
                    "billed"),
            new History(
                    "The answer is lost",
                    "0 ring A, 30 hangup A, 31 bill yes",
                    "1 ring A, 2 hangup A missing answer, 3 bill",
                    "billed missing answer"),
            new History(
                    "The answer is lost, and the bill comes late",
                    "0 ring A, 30 hangup A, 90 bill yes",
                    "1 ring A, 2 hangup A, 3 bill missing answer",
                    "billed missing answer"),
            new History(
                    "The ring is lost",
                    "0 answer A, 30 hangup A, 31 bill yes",
                    "1 answer A missing ring, 2 hangup A, 3 bill",
                    "billed missing ring"),
            new History(
                    "The hangup is lost",
                    "0 ring A, 3 answer A, 30 bill yes",
                    "1 ring A, 2 answer A, 3 bill missing hangup",
                    "billed missing hangup"),
            new History(
                    "All statuses are lost, or the bill has another id",
                    "0 bill yes",
                    "1 bill missing ring+answer+hangup",
                    "billed missing ring+answer+hangup unlinked"),
            new History(
                    "The answer overtakes the ring",
                    "0 answer A, 1 ring A, 30 hangup A, 31 bill yes",
                    "1 ring A, 2 answer A, 3 hangup A, 4 bill",
                    "billed"),
            new History(
                    "The bill overtakes everything",
                    "0 bill yes, 0.5 hangup A, 1 answer A, 1.5 ring A",
                    "1 ring A, 2 answer A, 3 hangup A, 4 bill",
                    "billed"),
            new History(
                    "The ring is very late",
                    "0 answer A, 10 ring A, 30 hangup A, 31 bill yes",
                    "1 answer A missing ring, 2 ring A late, 3 hangup A, 4 bill",
                    "billed"),
            new History(
                    "The hangup comes after the bill's time",
                    "0 ring A, 3 answer A, 30 bill yes, 40 hangup A",
                    "1 ring A, 2 answer A, 3 bill missing hangup, 4 hangup A late",
                    "billed"),
            new History(
                    "The sender repeats a callback",
                    "0 ring A, 1 ring A, 3 answer A, 30 hangup A, 31 bill yes, 32 bill yes",
                    "1 ring A, 2 answer A, 3 hangup A, 4 bill",
                    "billed repeats 2"),
            new History(
                    "The bill is corrected",
                    "0 ring A, 3 answer A, 30 hangup A, 31 bill yes, 60 bill yes corrected",
                    "1 ring A, 2 answer A, 3 hangup A, 4 bill, 5 bill corrected",
                    "billed"),
            new History(
                    "Both legs",
                    "0 ring B, 5 answer B, 6 ring A, 8 answer A, 30 hangup A, 30.1 hangup B, 31 bill yes",
                    "1 ring B, 2 answer B, 3 ring A, 4 answer A, 5 hangup A, 6 hangup B, 7 bill",
                    "billed"),
            new History(
                    "Both legs, and one hangs up after the bill",
                    "0 ring B, 5 answer B, 6 ring A, 8 answer A, 30 hangup A, 30.5 bill yes, 31 hangup B",
                    "1 ring B, 2 answer B, 3 ring A, 4 answer A, 5 hangup A, 6 hangup B, 7 bill",
                    "billed"),
            new History(
                    "A leg is first seen after the bill",
                    "0 ring A, 3 answer A, 30 hangup A, 31 bill yes, 31.5 hangup B",
                    "1 ring A, 2 answer A, 3 hangup A, 4 bill, 5 hangup B late",
                    "billed"),
            new History(
                    "The bill does not come for six hours",
                    "0 ring A, 3 answer A, 30 hangup A, 22000 wait",
                    "1 ring A, 2 answer A, 3 hangup A, 4 orphan missing bill",
                    "orphaned missing bill"),
            new History(
                    "A kind that this release does not know",
                    "0 ring A, 1 unknown, 3 answer A",
                    "1 ring A, 2 unknown, 3 answer A",
                    "talking"));

    @TestFactory
    List<DynamicTest> everyHistory() {
        return HISTORIES.stream()
                .map(history -> DynamicTest.dynamicTest(history.name(), () -> check(history)))
                .toList();
    }

    @Test
    void theGuideHasTheseHistories() throws IOException {
        StringBuilder table = new StringBuilder("| history | what comes, after seconds | what is published | state |\n")
                .append("| --- | --- | --- | --- |\n");
        for (History history : HISTORIES) {
            table.append("| %s | %s | %s | %s |\n"
                    .formatted(history.name(), history.comes(), history.published(), history.state()));
        }
        assertThat(Files.readString(Path.of("README.md")))
                .as("Copy the table into README.md")
                .contains(table);
    }

    private static void check(History history) {
        Partition partition = new Partition(START);
        Callbacks callbacks = new Callbacks("call");
        for (String item : history.comes().split(", ", -1)) {
            String[] words = item.split(" ", -1);
            long at = START + Math.round(Double.parseDouble(words[0]) * 1000);
            partition.until(at);
            if (words[1].equals("unknown")) {
                partition.read("call", callbacks.unknown(at));
            } else if (words[1].equals("bill")) {
                boolean corrected = item.endsWith("corrected");
                partition.read(
                        "call", callbacks.bill(words[2].equals("yes"), !item.endsWith("alone"), corrected ? 2 : 1, at));
            } else if (!words[1].equals("wait")) {
                partition.read(
                        "call", callbacks.status(EventKind.valueOf(words[1].toUpperCase(Locale.ROOT)), words[2], at));
            }
        }
        partition.until(partition.now() + 5_000);
        List<String> said = new ArrayList<>(partition.said());
        partition.orphans.forEach(orphan -> said.add(orphan.timeline().sequence() + " orphan missing "
                + String.join("+", orphan.timeline().missing())));
        assertThat(said).containsExactly(history.published().split(", ", -1));
        assertThat(said(partition.states.get("call"))).isEqualTo(history.state());
    }

    private static String said(CallState state) {
        return state.state().label()
                + (state.missing() == null ? "" : " missing " + String.join("+", state.missing()))
                + (state.repeats() == null ? "" : " repeats " + state.repeats())
                + (state.unlinked() == null ? "" : " unlinked");
    }
}
