package io.callstream.timeline.rules;

import io.callstream.schemas.BillEvent;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Leg;
import io.callstream.schemas.OrphanEvent;
import io.callstream.schemas.StatusEvent;
import io.callstream.schemas.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is published of a call: each callback once, in the order of a call's life.
 *
 * <pre>
 *   each leg       ring ──► answer ──► hangup ──┐
 *                     └──── unanswered ──► hangup ──┤
 *   the call                                    └──► bill, when all legs that are known have hung up
 * </pre>
 *
 * <p>An event whose predecessors are published is published at once. Another one waits for them; when its time is over,
 * it is published, and those that are proven to be missing are named. A missing answer is proven only by the bill. Pure
 * and thread-safe.
 */
public final class Rules {

    private final long wait;
    private final long orphanAfter;
    private final long retention;

    /**
     * @param wait how long an event waits for those before it
     * @param orphanAfter how long after its last status a call without a bill is an orphan
     * @param retention how long after its last event a call is remembered
     */
    public Rules(Duration wait, Duration orphanAfter, Duration retention) {
        this.wait = wait.toMillis();
        this.orphanAfter = orphanAfter.toMillis();
        this.retention = retention.toMillis();
    }

    /**
     * An event of the call has come.
     *
     * @param forgottenBefore calls that started before this time can have been forgotten, in milliseconds since 1970
     */
    public Step arrive(Call call, Arrival arrival, Moment now, long forgottenBefore) {
        Step step = new Step();
        if (call.isNew() && isForgotten(arrival, Math.max(forgottenBefore, now.callTime() - retention))) {
            step.publish(arrival, new Timeline(0, null, null, null, null, null, true, null, Map.of()));
            return step;
        }
        if (call.isForeign(arrival)) {
            step.publish(arrival, new Timeline(0, null, null, null, null, null, null, true, Map.of()));
            return step;
        }
        Call.Seen seen = new Call.Seen(arrival.identity(), arrival.origin());
        if (call.seen.contains(seen) && seen.origin() != 0) {
            return step;
        }
        boolean isRepeat = call.seen.stream().anyMatch(former -> former.identity() == seen.identity());
        step.change();
        call.remember(seen);
        call.tenant = call.tenant == null ? arrival.tenant() : call.tenant;
        call.lastAt = now.callTime();
        if (isRepeat) {
            call.repeats++;
            step.repeat();
        } else if (isReady(call, arrival) || !call.canHold(arrival)) {
            publish(call, arrival, 0, step);
            settle(call, now, step);
        } else {
            call.held.add(new Held(arrival, now.patience(), now.callTime()));
            step.hold();
            // A bill that says that nobody answered lets a hangup go.
            settle(call, now, step);
        }
        if (call.sequence > 0 && (isRepeat || !step.publications().isEmpty())) {
            step.state(call.state());
        }
        return step;
    }

    private static boolean isForgotten(Arrival arrival, long before) {
        Long startedAt = arrival.callStartedAt();
        return startedAt != null && startedAt < before;
    }

    /** Returns whether an event has waited long enough that came at this {@link Moment#patience()}. */
    public boolean isOver(long since, Moment now) {
        return now.patience() - since >= wait;
    }

    /** Time has passed: publishes what has waited long enough, and all that belongs before it. */
    public Step expire(Call call, Moment now) {
        return release(call, now, held -> isOver(held.since(), now));
    }

    /** Publishes everything that waits, because too much does. */
    public Step expireAll(Call call, Moment now) {
        return release(call, now, held -> true);
    }

    private Step release(Call call, Moment now, Predicate<Held> isOver) {
        Step step = new Step();
        for (Held over; (over = first(call, isOver)) != null; ) {
            Held last = over;
            call.held.stream()
                    .filter(held -> precedes(held.arrival(), last.arrival()))
                    .sorted(Comparator.comparing(held -> held.arrival().kind()))
                    .toList()
                    .forEach(before -> release(call, before, now, step));
            release(call, last, now, step);
            settle(call, now, step);
        }
        if (!step.publications().isEmpty()) {
            step.change();
            step.state(call.state());
        }
        return step;
    }

    private static @Nullable Held first(Call call, Predicate<Held> which) {
        return call.held.stream()
                .filter(which)
                .min(Comparator.comparing(held -> held.arrival().kind()))
                .orElse(null);
    }

    /** Whether the first event belongs before the second one. */
    private static boolean precedes(Arrival first, Arrival second) {
        return first.kind().compareTo(second.kind()) < 0
                && (second.bill() != null || Objects.equals(first.leg(), second.leg()));
    }

    /** Returns the call time at which the call is an orphan if nothing comes; {@code null} if it will not be one. */
    public @Nullable Long orphanAt(Call call) {
        return call.isBilled() || call.orphaned ? null : (Long) (call.lastAt + orphanAfter);
    }

    /** Returns the call time at which the call is to be forgotten if nothing comes. */
    public long forgetAt(Call call) {
        return call.lastAt + retention;
    }

    /** Hours have passed, and no bill has come. */
    public Step orphan(Call call, Moment now) {
        Step step = expireAll(call, now);
        step.change();
        call.orphaned = true;
        call.sequence++;
        Gap gap = new Gap(Gap.ANY_LEG, EventKind.BILL);
        call.missing.add(gap);
        step.orphan(new OrphanEvent(
                call.id,
                call.companyCode,
                Instant.ofEpochMilli(call.updatedAt),
                new Timeline(
                        call.sequence,
                        Call.names(Set.of(gap)),
                        null,
                        null,
                        Call.positive(call.repeats),
                        null,
                        null,
                        null,
                        Map.of()),
                Map.of()));
        step.state(call.state());
        return step;
    }

    // ---- order

    /** Whether everything before the event is published, or will not be in its place any more. */
    private static boolean isReady(Call call, Arrival arrival) {
        if (!arrival.isOrdered() || call.isBilled()) {
            return true;
        }
        Leg leg = arrival.leg();
        if (leg == null) {
            return isReady(call, Objects.requireNonNull(arrival.bill()));
        }
        int index = call.indexOf(leg);
        if (index < 0 && call.hasAllLegs()) {
            return true;
        }
        Track track = index < 0 ? null : call.legs.get(index);
        return switch (arrival.kind()) {
            case ANSWER -> track != null && track.isPastRing();
            case HANGUP -> track != null && track.isPastRing() && (track.answer != 0 || isUnanswered(call, leg));
            default -> true;
        };
    }

    private static boolean isReady(Call call, BillEvent bill) {
        boolean isStatusHeld =
                call.held.stream().anyMatch(held -> held.arrival().leg() != null);
        return !isStatusHeld
                && call.legs.stream().allMatch(leg -> leg.hangup != 0)
                && (!call.legs.isEmpty() || bill.extension() == null);
    }

    /** Whether the bill says that nobody answered, and the call has only this leg. */
    private static boolean isUnanswered(Call call, Leg only) {
        boolean hasOtherLeg = call.legs.stream().anyMatch(leg -> !leg.is(only))
                || call.held.stream()
                        .map(held -> held.arrival().leg())
                        .anyMatch(leg -> leg != null && !isSame(leg, only));
        return !hasOtherLeg && Boolean.FALSE.equals(answered(call));
    }

    private static boolean isSame(Leg one, Leg other) {
        return one.side() == other.side() && Objects.equals(one.id(), other.id());
    }

    /** What the last bill says that has come; {@code null} without one. */
    private static @Nullable Boolean answered(Call call) {
        Boolean answered = call.bill == null ? null : call.bill.answered();
        for (Held held : call.held) {
            BillEvent bill = held.arrival().bill();
            answered = bill == null ? answered : bill.answered();
        }
        return answered;
    }

    /** Publishes what no longer has to wait. */
    private void settle(Call call, Moment now, Step step) {
        boolean isSettled = call.held.isEmpty();
        while (!isSettled) {
            Held ready = first(call, held -> isReady(call, held.arrival()));
            if (ready != null) {
                release(call, ready, now, step);
            }
            isSettled = ready == null || call.held.isEmpty();
        }
    }

    private void release(Call call, Held held, Moment now, Step step) {
        publish(call, held.arrival(), now.callTime() - held.at(), step);
        call.held.remove(held);
    }

    // ---- publishing

    private static void publish(Call call, Arrival arrival, long waited, Step step) {
        BillEvent bill = arrival.bill();
        StatusEvent status = arrival.status();
        boolean isLate = bill != null ? call.orphaned && !call.isBilled() : status != null && isLate(call, status);
        boolean isCorrected = bill != null && call.isBilled() && Call.hash(bill) != call.billHash;
        Set<Gap> gaps = isLate ? Set.of() : gaps(call, arrival);
        if (bill != null && call.legs.isEmpty() && bill.extension() != null) {
            call.unlinked = true;
            step.unlink();
        }
        call.sequence++;
        if (isLate) {
            call.late++;
        }
        if (arrival.event() != null) {
            call.absorb(arrival.event());
        } else {
            call.updatedAt = Math.max(call.updatedAt, arrival.receivedAt());
        }
        call.missing.addAll(gaps);
        call.missing.remove(new Gap(call.indexOf(arrival.leg()), arrival.kind()));
        call.missing.remove(new Gap(Gap.ANY_LEG, arrival.kind()));
        step.publish(
                arrival,
                new Timeline(
                        call.sequence,
                        Call.names(gaps),
                        isLate ? true : null,
                        isCorrected ? true : null,
                        Call.positive(call.repeats),
                        Call.positive(waited),
                        null,
                        null,
                        Map.of()));
    }

    private static boolean isLate(Call call, StatusEvent status) {
        int index = call.indexOf(status.leg());
        return call.isBilled() || (index >= 0 && call.legs.get(index).isPast(status.kind()));
    }

    /** Returns what is proven to be missing before the event, and was not named with an earlier one. */
    private static Set<Gap> gaps(Call call, Arrival arrival) {
        Set<Gap> gaps = new LinkedHashSet<>(0);
        if (!arrival.isOrdered() || call.isBilled()) {
            return gaps;
        }
        Leg leg = arrival.leg();
        boolean isAnswered = Boolean.TRUE.equals(
                arrival.bill() == null ? answered(call) : arrival.bill().answered());
        if (leg != null) {
            int index = call.indexOf(leg);
            if (index < 0 && call.hasAllLegs()) {
                return gaps;
            }
            Track track = index < 0 ? new Track(leg.side(), leg.id()) : call.legs.get(index);
            // A leg that is not known yet gets the next index.
            int place = index < 0 ? call.legs.size() : index;
            if (arrival.kind() != EventKind.RING && !track.isPastRing()) {
                gaps.add(new Gap(place, EventKind.RING));
            }
            if (arrival.kind() == EventKind.HANGUP && track.answer == 0 && isAnswered) {
                gaps.add(new Gap(place, EventKind.ANSWER));
            }
        } else if (call.legs.isEmpty()) {
            if (Objects.requireNonNull(arrival.bill()).extension() != null) {
                gaps.add(new Gap(Gap.ANY_LEG, EventKind.RING));
                if (isAnswered) {
                    gaps.add(new Gap(Gap.ANY_LEG, EventKind.ANSWER));
                }
                gaps.add(new Gap(Gap.ANY_LEG, EventKind.HANGUP));
            }
        } else {
            for (int i = 0; i < call.legs.size(); i++) {
                if (call.legs.get(i).answer == 0 && isAnswered) {
                    gaps.add(new Gap(i, EventKind.ANSWER));
                }
                if (call.legs.get(i).hangup == 0) {
                    gaps.add(new Gap(i, EventKind.HANGUP));
                }
            }
        }
        gaps.removeAll(call.missing);
        return gaps;
    }
}
