package io.callstream.timeline.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.schemas.EventKind;
import io.callstream.timeline.rules.Partition.Naive;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Outages, replays, pauses and wrong clocks: complete calls get no flag, whatever delays them. Each history is also
 * played with clocks that would be simpler, and at least one of them raises false alarms: so the history bites.
 */
class ClockHistoriesTest {

    private static final long START = Instant.parse("2026-11-02T09:00:00Z").toEpochMilli();
    private static final int CALLS = 200;
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    /**
     * A record.
     *
     * @param received by the true clock
     * @param gateway 0 or 1
     */
    private record Planned(String call, LongFunction<Arrival> event, long received, int gateway) {}

    /** A record in the topic. */
    private record Appended(String call, Arrival arrival) {}

    /** What happens. */
    enum Story {
        /** The gateway is without Kafka for an hour, and then publishes its backlog within seconds. */
        OUTAGE(Naive.WALL) {
            @Override
            void play(Partition partition) {
                List<Planned> calls = calls(HOUR, 0);
                long begin = overtaking(calls) + 1;
                live(partition, appended(calls, received -> received < begin ? received : -1));
                partition.isAtEnd(false);
                drain(partition, calls, begin, START + HOUR, planned -> true);
            }
        },
        /** Two gateways, whose calls are shared between them, publish their backlogs one after the other. */
        TWO_BACKLOGS(Naive.STREAM) {
            @Override
            void play(Partition partition) {
                List<Planned> calls = calls(HOUR, 0.5);
                long end = START + HOUR;
                partition.until(end);
                drain(partition, calls, START, end, planned -> planned.gateway() == 0);
                // Longer than a wait.
                drain(partition, calls, START, partition.now() + 5 * SECOND, planned -> planned.gateway() == 1);
            }
        },
        /** The topic is read again from its beginning, faster than it was written. */
        REPLAY(Naive.WALL) {
            @Override
            void play(Partition partition) {
                List<Appended> topic = appended(calls(HOUR, 0), planned -> planned);
                partition.until(START + 24 * HOUR);
                partition.isAtEnd(false);
                for (int i = 0; i < topic.size(); i++) {
                    partition.read(topic.get(i).call(), topic.get(i).arrival());
                    if (i % 10 == 0) {
                        // Slower than the waits: the broker is busy.
                        partition.until(partition.now() + 5 * SECOND);
                    }
                }
            }
        },
        /** Again and again, the thread does not run for ten minutes, and then has a tick before it reads. */
        PAUSED(Naive.WALL) {
            @Override
            void play(Partition partition) {
                List<Appended> topic = appended(calls(HOUR, 0), planned -> planned);
                for (int i = 0; i < topic.size(); i++) {
                    partition.until(topic.get(i).arrival().message().appendedAt());
                    partition.read(topic.get(i).call(), topic.get(i).arrival());
                    if (i % 7 == 0) {
                        partition.pausedUntil(partition.now() + 10 * MINUTE);
                    }
                }
            }
        },
        /** The clock of one gateway of two is three minutes fast. */
        FAST_CLOCK(Naive.STREAM) {
            @Override
            void play(Partition partition) {
                live(partition, skewed(calls(2 * MINUTE, 0.02), 3 * MINUTE));
            }
        },
        /** The clock of one gateway of two is three minutes slow. */
        SLOW_CLOCK(null) {
            @Override
            void play(Partition partition) {
                live(partition, skewed(calls(2 * MINUTE, 0.02), -3 * MINUTE));
            }
        },
        /** The application restarts again and again, also while events wait. */
        RESTARTS(null) {
            @Override
            void play(Partition partition) {
                for (Appended record : appended(calls(HOUR, 0), planned -> planned)) {
                    partition.until(record.arrival().message().appendedAt());
                    partition.restart();
                    partition.read(record.call(), record.arrival());
                }
            }
        };

        /** The clock that does not withstand it. */
        final @Nullable Naive falls;

        Story(@Nullable Naive falls) {
            this.falls = falls;
        }

        abstract void play(Partition partition);
    }

    /** Complete calls, whose callbacks overtake each other by up to 1.5 s, in the order in which they are received. */
    private static List<Planned> calls(long within, double secondGateway) {
        Random random = new Random(7);
        List<Planned> all = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            String call = "call-" + i;
            Callbacks callbacks = new Callbacks(call);
            long at = START + (long) (random.nextDouble() * (within - MINUTE));
            long[] times = {at, at + 300, at + 20 * SECOND, at + 20 * SECOND + 300};
            for (int k = 0; k < 4; k++) {
                EventKind kind = List.of(EventKind.RING, EventKind.ANSWER, EventKind.HANGUP, EventKind.BILL)
                        .get(k);
                long received = times[k] + random.nextInt(1500);
                all.add(new Planned(
                        call,
                        when -> kind == EventKind.BILL
                                ? callbacks.bill(true, true, 1, when)
                                : callbacks.status(kind, "A", when),
                        received,
                        random.nextDouble() < secondGateway ? 1 : 0));
            }
        }
        all.sort(Comparator.comparingLong(Planned::received));
        return all;
    }

    /** Returns when an event is received that waits for another one. */
    private static long overtaking(List<Planned> calls) {
        Partition partition = new Partition(START);
        for (Planned planned : calls) {
            int before = partition.published.size();
            partition.read(planned.call(), planned.event().apply(planned.received()));
            if (partition.published.size() == before) {
                return planned.received();
            }
        }
        throw new AssertionError("No event waits");
    }

    /** @param when the time of appending for a time of receiving; negative for records that are not appended yet */
    private static List<Appended> appended(List<Planned> calls, LongUnaryOperator when) {
        return calls.stream()
                .filter(planned -> when.applyAsLong(planned.received()) >= 0)
                .map(planned -> record(planned, planned.received(), when.applyAsLong(planned.received())))
                .toList();
    }

    private static Appended record(Planned planned, long received, long appended) {
        Arrival arrival = planned.event().apply(received);
        return new Appended(
                planned.call(),
                Arrival.of(
                        new Message(arrival.message().value(), arrival.message().headers(), appended)));
    }

    private static List<Appended> skewed(List<Planned> calls, long by) {
        return calls.stream()
                .map(planned ->
                        record(planned, planned.received() + (planned.gateway() == 1 ? by : 0), planned.received()))
                .toList();
    }

    /** Each record is read when it is appended. */
    private static void live(Partition partition, List<Appended> records) {
        for (Appended record : records) {
            partition.until(record.arrival().message().appendedAt());
            partition.read(record.call(), record.arrival());
        }
    }

    /** A gateway publishes a backlog, in the order in which it was received, at 40 records a second. */
    private static void drain(
            Partition partition, List<Planned> calls, long since, long begins, Predicate<Planned> which) {
        partition.until(begins);
        List<Planned> backlog = calls.stream()
                .filter(planned -> planned.received() >= since)
                .filter(which)
                .toList();
        for (int i = 0; i < backlog.size(); i++) {
            Planned planned = backlog.get(i);
            long appended = begins + i * 25L;
            partition.until(appended);
            partition.read(
                    planned.call(),
                    record(planned, planned.received(), appended).arrival());
        }
    }

    private static long flags(Story story, @Nullable Naive naive) {
        Partition partition = new Partition(START).with(naive);
        story.play(partition);
        partition.isAtEnd(true);
        partition.until(partition.now() + 20 * MINUTE);
        assertThat(partition.published).hasSize(4 * CALLS);
        return partition.published.stream()
                .filter(publication -> publication.timeline().late() != null
                        || publication.timeline().missing() != null)
                .count();
    }

    @ParameterizedTest
    @EnumSource
    void nothingThatIsOnlyDelayedIsFlagged(Story story) {
        assertThat(flags(story, null)).isZero();
    }

    static Stream<Story> stories() {
        return Stream.of(Story.values()).filter(story -> story.falls != null);
    }

    @ParameterizedTest
    @MethodSource("stories")
    void aSimplerClockRaisesFalseAlarms(Story story) {
        assertThat(flags(story, story.falls)).isPositive();
    }
}
