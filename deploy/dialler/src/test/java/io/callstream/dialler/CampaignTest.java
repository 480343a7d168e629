package io.callstream.dialler;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.dialler.Call.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CampaignTest {

    private static final Instant BEGINS = Instant.parse("2026-01-01T00:00:00Z");

    private static Plan plan(long seed, int calls, boolean bothLegs, double repeats, double disorder, double missing) {
        return new Plan(
                seed, calls, Long.MAX_VALUE, 100, 10, Duration.ZERO, bothLegs, repeats > 0, repeats, disorder, missing);
    }

    /** The callbacks of each call, in the order of posting: kind, leg and body. */
    private static List<List<String>> played(Plan plan) {
        List<List<String>> calls = new ArrayList<>();
        Campaign campaign = new Campaign(plan, BEGINS);
        for (Call call; (call = campaign.next()) != null; ) {
            List<String> callbacks = new ArrayList<>();
            long last = 0;
            for (; !call.isOver(); call.advance()) {
                Call.Callback callback = call.next();
                assertThat(callback.due()).isGreaterThanOrEqualTo(last);
                last = callback.due();
                callbacks.add(callback.kind()
                        + (callback.customerLeg() ? "-customer " : " ")
                        + call.fields(callback).json());
            }
            calls.add(callbacks);
        }
        return calls;
    }

    private static List<String> kinds(List<String> call) {
        return call.stream()
                .map(callback -> callback.substring(0, callback.indexOf(' ')))
                .toList();
    }

    @Test
    void theSameSeedGivesTheSameCalls() {
        Plan plan = plan(7, 50, true, 0.1, 0.1, 0.1);
        assertThat(played(plan)).isEqualTo(played(plan)).isNotEqualTo(played(plan(8, 50, true, 0.1, 0.1, 0.1)));
    }

    @Test
    void campaignsOfNeighbouringSeedsHaveNoCallInCommon() {
        Set<String> calls = new HashSet<>();
        int count = 20_000;
        for (int seed = 1; seed <= 5; seed++) {
            Campaign campaign = new Campaign(plan(seed, count, true, 0, 0, 0), BEGINS);
            for (Call call; (call = campaign.next()) != null; ) {
                calls.add(call.uuid());
            }
        }
        assertThat(calls).hasSize(5 * count);
    }

    @Test
    void aCallPassesAsInLife() {
        List<List<String>> calls = played(plan(1, 2000, false, 0, 0, 0));
        assertThat(calls)
                .hasSize(2000)
                .allSatisfy(call -> assertThat(kinds(call))
                        .isIn(
                                List.of("BILL"),
                                List.of("RING", "HANGUP", "BILL"),
                                List.of("RING", "ANSWER", "HANGUP", "BILL")));
        double connected = calls.stream().filter(call -> call.size() > 1).count() / 2000.0;
        assertThat(connected).isCloseTo(0.35, Offset.offset(0.05));
        assertThat(calls)
                .filteredOn(call -> call.size() == 1)
                .allSatisfy(call -> assertThat(call.get(0))
                        .contains("\"answertime\":\"\"", "\"billsec\":0", "\"extnumber\":\"000000\""));
    }

    @Test
    void theFirstCallShowsEveryKindOfCallback() {
        for (int seed = 1; seed <= 200; seed++) {
            assertThat(kinds(played(plan(seed, 1, false, 0, 0, 0)).get(0)))
                    .containsExactly("RING", "ANSWER", "HANGUP", "BILL");
        }
    }

    @Test
    void bothLegsReport() {
        assertThat(played(plan(1, 200, true, 0, 0, 0)))
                .anySatisfy(call -> assertThat(kinds(call))
                        .containsExactly(
                                "RING-customer",
                                "ANSWER-customer",
                                "RING",
                                "ANSWER",
                                "HANGUP",
                                "HANGUP-customer",
                                "BILL"));
    }

    @Test
    void itMisbehavesAsOftenAsConfigured() {
        long all = count(plan(1, 3000, false, 0, 0, 0));
        assertThat(count(plan(1, 3000, false, 0.2, 0, 0)) / (double) all).isCloseTo(1.2, Offset.offset(0.05));
        assertThat(played(plan(1, 3000, false, 0, 0, 1)))
                .allSatisfy(call -> assertThat(kinds(call)).containsExactly(Kind.BILL.name()));
        assertThat(played(plan(1, 200, false, 0, 1, 0)))
                .filteredOn(call -> call.size() > 1)
                .allSatisfy(call -> assertThat(kinds(call).get(0)).isNotEqualTo("RING"));
    }

    private static long count(Plan plan) {
        return played(plan).stream().mapToLong(List::size).sum();
    }
}
