package io.callstream.timeline.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.schemas.CallState;
import io.callstream.schemas.EventKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The timeline's promises, for any interleaving, loss and repeat of a call's callbacks, with restarts between them.
 */
class RulesPropertyTest {

    private static final long START = Instant.parse("2026-11-02T09:00:00Z").toEpochMilli();
    private static final String CALL = "call";

    /** A callback of the history: makes its record for the time at which it is posted. */
    private record Planned(long at, LongFunction<Arrival> posted) {

        Coming at(long when) {
            return new Coming(posted.apply(when), when);
        }
    }

    /** A callback that is posted. */
    private record Coming(Arrival arrival, long at) {}

    private static List<Planned> course(Random random, boolean answered, boolean bothLegs) {
        Callbacks callbacks = new Callbacks(CALL);
        List<Planned> course = new ArrayList<>();
        long at = START + random.nextInt(1000);
        for (String leg : bothLegs ? List.of("B", "A") : List.of("A")) {
            course.add(
                    new Planned(at += 1 + random.nextInt(3000), when -> callbacks.status(EventKind.RING, leg, when)));
            if (answered || leg.equals("B")) {
                course.add(new Planned(
                        at += 1 + random.nextInt(3000), when -> callbacks.status(EventKind.ANSWER, leg, when)));
            }
        }
        for (String leg : bothLegs ? List.of("A", "B") : List.of("A")) {
            course.add(
                    new Planned(at += 1 + random.nextInt(3000), when -> callbacks.status(EventKind.HANGUP, leg, when)));
        }
        course.add(new Planned(at + 1 + random.nextInt(3000), when -> callbacks.bill(answered, true, 1, when)));
        return course;
    }

    private static Partition play(Random random, List<Coming> comings, boolean restarts) {
        Partition partition = new Partition(START);
        comings.stream().sorted(Comparator.comparingLong(Coming::at)).forEach(coming -> {
            partition.until(coming.at());
            if (restarts && random.nextInt(4) == 0) {
                partition.restart();
            }
            partition.read(CALL, coming.arrival());
        });
        partition.until(partition.now() + 10_000);
        return partition;
    }

    @Property(tries = 3000)
    void promisesHoldWhateverComes(@ForAll long seed) {
        Random random = new Random(seed);
        boolean bothLegs = random.nextInt(3) == 0;
        List<Planned> course = course(random, random.nextBoolean(), bothLegs);
        List<Coming> comings = new ArrayList<>();
        Set<String> lost = new HashSet<>();
        for (Planned planned : course) {
            if (random.nextInt(6) == 0) {
                lost.add(planned.at(planned.at()).arrival().kind().label());
                continue;
            }
            long at = planned.at() + (random.nextInt(4) == 0 ? random.nextInt(20_000) : 0);
            comings.add(planned.at(at));
            while (random.nextInt(5) == 0) {
                at += random.nextInt(8_000);
                comings.add(planned.at(at));
            }
        }
        Partition partition = play(random, comings, true);

        Set<Long> distinct = new HashSet<>();
        comings.forEach(coming -> distinct.add(coming.arrival().identity()));
        assertThat(partition.published.stream()
                        .map(publication -> publication.arrival().identity()))
                .as("each distinct event once")
                .containsExactlyInAnyOrderElementsOf(distinct);
        assertThat(partition.published.stream()
                        .map(publication -> publication.timeline().sequence()))
                .as("numbered without gaps")
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, distinct.size()).boxed().toList());
        assertOrder(partition.published);
        if (distinct.isEmpty()) {
            return;
        }
        CallState state = partition.states.get(CALL);
        assertThat(state.repeats() == null ? 0 : state.repeats())
                .as("repeats are counted")
                .isEqualTo(comings.size() - distinct.size());
        if (state.missing() != null) {
            assertThat(lost).as("only what never came is missing").containsAll(state.missing());
        }
    }

    /** Otherwise nobody can know that the bill has to wait for the leg. */
    private static boolean eachLegIsKnownBeforeTheBill(List<Coming> comings) {
        long bill = comings.get(comings.size() - 1).at();
        return comings.stream()
                .filter(coming -> coming.arrival().leg() != null)
                .collect(Collectors.groupingBy(
                        coming -> coming.arrival().leg(),
                        Collectors.mapping(Coming::at, Collectors.minBy(Comparator.naturalOrder()))))
                .values()
                .stream()
                .allMatch(first -> first.orElseThrow() < bill);
    }

    /** Each event is behind those that belong before it, or says that it is late. */
    private static void assertOrder(List<Step.Publication> published) {
        for (int i = 0; i < published.size(); i++) {
            Arrival event = published.get(i).arrival();
            boolean isBehindItsPlace = false;
            for (Step.Publication before : published.subList(0, i)) {
                boolean sameLeg =
                        before.arrival().leg() == null || before.arrival().leg().equals(event.leg());
                isBehindItsPlace |= sameLeg
                        && event.leg() != null
                        && before.arrival().kind().compareTo(event.kind()) > 0;
            }
            assertThat(published.get(i).timeline().late() != null)
                    .as(
                            "late: %s of %s",
                            i, published.stream().map(Partition::said).toList())
                    .isEqualTo(isBehindItsPlace);
        }
    }

    @Property(tries = 2000)
    void disorderWithinTheWaitIsPutRight(@ForAll long seed) {
        Random random = new Random(seed);
        List<Planned> course = course(random, random.nextBoolean(), random.nextInt(3) == 0);
        List<Coming> comings = new ArrayList<>();
        for (Planned planned : course) {
            comings.add(planned.at(planned.at() + random.nextInt(1_900)));
        }
        Assume.that(eachLegIsKnownBeforeTheBill(comings));
        Partition partition = play(random, comings, false);
        assertThat(partition.published).allSatisfy(publication -> {
            assertThat(publication.timeline().late()).isNull();
            assertThat(publication.timeline().missing()).isNull();
        });
        assertOrder(partition.published);
        assertThat(partition.states.get(CALL).state()).isEqualTo(CallState.State.BILLED);
    }
}
