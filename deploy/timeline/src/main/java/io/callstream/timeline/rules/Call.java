package io.callstream.timeline.rules;

import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.CallState;
import io.callstream.schemas.Direction;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Leg;
import io.callstream.schemas.Method;
import io.callstream.schemas.RawJson;
import io.callstream.schemas.StatusEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What is remembered of a call: what has come, what was published, what waits. Changed by the {@link Rules} only. */
public final class Call {

    private static final RawJson NOTHING = new RawJson("{}");

    /** Older ones are forgotten: a call has four to eight callbacks. */
    static final int MOST_SEEN = 256;

    /** Statuses of further legs are published at once. */
    private static final int MOST_LEGS = 8;

    /** An event that would be one more is published at once. */
    private static final int MOST_HELD = 32;

    /** The same for the bytes of all of them: a row has to fit into a record of the changelog. */
    private static final long MOST_HELD_BYTES = 64 << 10;

    /**
     * A longer text is no number, name or id. It is left out of the state, which otherwise could be of any size. So is a
     * text with a NUL: PostgreSQL refuses it, and a consumer would stop at the call.
     */
    private static final int LONGEST_TEXT = 1000;

    final String id;
    final List<Seen> seen = new ArrayList<>(4);
    final List<Track> legs = new ArrayList<>(2);
    final List<Held> held = new ArrayList<>(0);
    final Set<Gap> missing = new LinkedHashSet<>(0);

    long sequence;
    long repeats;
    long late;

    /** The call time at which something last came. */
    long lastAt;

    /** The {@link CallEvent#receivedAt()} of the last event, in milliseconds. */
    long updatedAt;

    boolean orphaned;
    boolean unlinked;
    long bills;
    long billHash;

    /** Of the first event whose tenant is known. */
    @Nullable
    String tenant;

    @Nullable
    String companyCode;

    @Nullable
    Direction direction;

    @Nullable
    Method method;

    @Nullable
    Instant startedAt;

    @Nullable
    String customer;

    @Nullable
    String displayNumber;

    @Nullable
    String extension;

    /** The last bill, without what is above. */
    @Nullable
    Bill bill;

    /** What a bill says of the call's result. */
    record Bill(
            @Nullable Instant answeredAt,
            @Nullable Instant endedAt,
            @Nullable Boolean answered,
            @Nullable Long waitSeconds,
            @Nullable Long talkSeconds,
            @Nullable String agentId,
            BillEvent.@Nullable Hangup hangup,
            BillEvent.@Nullable Recording recording,
            BillEvent.@Nullable Custom custom) {}

    /** A callback that has come, and the record in which it came. */
    record Seen(long identity, int origin) {}

    /** Creates a call of which nothing is known. */
    public Call(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    /** Returns the call time at which something of the call last came. */
    public long lastAt() {
        return lastAt;
    }

    /** Returns when the call started, in milliseconds since 1970; 0 if unknown. */
    public long startedAt() {
        return startedAt == null ? 0 : startedAt.toEpochMilli();
    }

    /** Returns whether nothing is known of the call. */
    public boolean isNew() {
        return seen.isEmpty();
    }

    /** Returns how many events wait. */
    public int held() {
        return held.size();
    }

    /** Returns the {@link Moment#patience()} at which each event that waits has come. */
    public LongStream heldSince() {
        return held.stream().mapToLong(Held::since);
    }

    /** Returns whether another tenant posted the event: nobody may change the calls of others. */
    boolean isForeign(Arrival arrival) {
        String other = arrival.tenant();
        return tenant != null && other != null && !tenant.equals(other);
    }

    boolean canHold(Arrival arrival) {
        long bytes = arrival.message().size();
        for (Held waiting : held) {
            bytes += waiting.arrival().message().size();
        }
        return held.size() < MOST_HELD && bytes <= MOST_HELD_BYTES;
    }

    boolean hasAllLegs() {
        return legs.size() == MOST_LEGS;
    }

    boolean isBilled() {
        return bills > 0;
    }

    void remember(Seen arrival) {
        if (seen.size() == MOST_SEEN) {
            seen.remove(0);
        }
        seen.add(arrival);
    }

    int indexOf(@Nullable Leg leg) {
        for (int i = 0; leg != null && i < legs.size(); i++) {
            if (legs.get(i).is(leg)) {
                return i;
            }
        }
        return -1;
    }

    /** Takes over what a published event says. */
    void absorb(CallEvent event) {
        updatedAt = Math.max(updatedAt, event.receivedAt().toEpochMilli());
        boolean isBill = event instanceof BillEvent;
        if (isBilled() && !isBill) {
            companyCode = either(companyCode, event.companyCode());
            startedAt = either(startedAt, event.callStartedAt());
            direction = either(direction, event.direction());
            method = either(method, event.method());
            displayNumber = either(displayNumber, bounded(event.displayNumber()));
            extension = either(extension, bounded(event.extension()));
        } else {
            companyCode = either(event.companyCode(), companyCode);
            startedAt = either(event.callStartedAt(), startedAt);
            direction = either(event.direction(), direction);
            method = either(event.method(), method);
            displayNumber = either(bounded(event.displayNumber()), displayNumber);
            extension = either(bounded(event.extension()), extension);
        }
        if (event instanceof BillEvent billed) {
            if (billed.direction() != Direction.INBOUND) {
                customer = either(bounded(billed.destination()), customer);
            }
            bill = new Bill(
                    billed.answeredAt(),
                    billed.endedAt(),
                    billed.answered(),
                    billed.waitSeconds(),
                    billed.talkSeconds(),
                    bounded(billed.agentId()),
                    billed.hangup(),
                    bounded(billed.recording()),
                    bounded(billed.custom()));
            bills++;
            billHash = hash(billed);
        } else if (event instanceof StatusEvent status && event.kind() != EventKind.UNCLASSIFIED) {
            customer = either(
                    customer, bounded(status.direction() == Direction.INBOUND ? status.caller() : status.callee()));
            int index = indexOf(status.leg());
            Track leg;
            if (index >= 0) {
                leg = legs.get(index);
            } else if (!hasAllLegs()) {
                leg = new Track(status.leg().side(), status.leg().id());
                legs.add(leg);
            } else {
                return;
            }
            leg.mark(status.kind(), status.receivedAt().toEpochMilli());
            leg.extension = either(leg.extension, bounded(status.extension()));
        }
    }

    private static @Nullable String bounded(@Nullable String text) {
        return text == null || text.length() > LONGEST_TEXT || text.indexOf('\0') >= 0 ? null : text;
    }

    private static BillEvent.@Nullable Recording bounded(BillEvent.@Nullable Recording recording) {
        return recording == null
                ? null
                : new BillEvent.Recording(bounded(recording.fileName()), bounded(recording.host()), Map.of());
    }

    private static BillEvent.@Nullable Custom bounded(BillEvent.@Nullable Custom custom) {
        return custom == null
                ? null
                : new BillEvent.Custom(
                        bounded(custom.memberId()),
                        bounded(custom.chengshudu()),
                        bounded(custom.customUuid()),
                        Map.of());
    }

    private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
        return first != null ? first : second;
    }

    /** Two bills with the same content have the same hash, although they are two callbacks. */
    static long hash(BillEvent bill) {
        return Hash.of(EventJson.bytes(new BillEvent(
                bill.callId(),
                bill.kind(),
                Instant.EPOCH,
                bill.companyCode(),
                bill.callStartedAt(),
                bill.answeredAt(),
                bill.endedAt(),
                bill.answered(),
                bill.waitSeconds(),
                bill.talkSeconds(),
                bill.direction(),
                bill.method(),
                bill.agentId(),
                bill.extension(),
                bill.displayNumber(),
                bill.destination(),
                bill.hangup(),
                bill.recording(),
                bill.custom(),
                bill.userKey(),
                NOTHING,
                bill.warnings(),
                Map.of())));
    }

    /** Returns the names of what is missing, in lifecycle order; {@code null} if nothing is. */
    static @Nullable List<String> names(Set<Gap> gaps) {
        return gaps.isEmpty()
                ? null
                : gaps.stream()
                        .map(Gap::kind)
                        .distinct()
                        .sorted()
                        .map(EventKind::label)
                        .toList();
    }

    /** Returns the call as one row. */
    public CallState state() {
        Instant answeredAt = bill == null ? null : bill.answeredAt();
        Instant endedAt = bill == null ? null : bill.endedAt();
        Boolean answered = bill == null ? null : bill.answered();
        if (answeredAt == null && !Boolean.FALSE.equals(answered) && allAnswered()) {
            answeredAt =
                    instant(legs.stream().mapToLong(leg -> leg.answer).max().orElse(0));
        }
        if (endedAt == null && hasEnded()) {
            endedAt = instant(legs.stream().mapToLong(leg -> leg.hangup).max().orElse(0));
        }
        return new CallState(
                id,
                companyCode,
                progress(),
                isBilled(),
                direction,
                method,
                startedAt,
                instant(legs.stream()
                        .mapToLong(leg -> leg.ring)
                        .filter(ring -> ring > 0)
                        .min()
                        .orElse(0)),
                answeredAt,
                endedAt,
                answered,
                bill == null ? null : bill.waitSeconds(),
                bill == null ? null : bill.talkSeconds(),
                customer,
                displayNumber,
                extension,
                bill == null ? null : bill.agentId(),
                bill == null ? null : bill.hangup(),
                bill == null ? null : bill.recording(),
                bill == null ? null : bill.custom(),
                legs.isEmpty() ? null : legs.stream().map(Call::leg).toList(),
                positive(bills),
                names(missing),
                positive(late),
                positive(repeats),
                isUnlinked() ? true : null,
                sequence,
                Instant.ofEpochMilli(updatedAt),
                Map.of());
    }

    private boolean isUnlinked() {
        return unlinked && legs.isEmpty();
    }

    private CallState.State progress() {
        if (isBilled()) {
            return CallState.State.BILLED;
        }
        if (orphaned) {
            return CallState.State.ORPHANED;
        }
        if (hasEnded()) {
            return CallState.State.ENDED;
        }
        return allAnswered() ? CallState.State.TALKING : CallState.State.RINGING;
    }

    private boolean hasEnded() {
        return !legs.isEmpty() && legs.stream().allMatch(leg -> leg.hangup != 0);
    }

    /** Whether every leg that has not hung up is answered, and one was answered. */
    private boolean allAnswered() {
        return legs.stream().allMatch(leg -> leg.answer != 0 || leg.hangup != 0)
                && legs.stream().anyMatch(leg -> leg.answer != 0);
    }

    private static CallState.LegState leg(Track leg) {
        return new CallState.LegState(
                leg.side, leg.id, leg.extension, instant(leg.ring), instant(leg.answer), instant(leg.hangup), Map.of());
    }

    private static @Nullable Instant instant(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    static @Nullable Long positive(long number) {
        return number > 0 ? number : null;
    }
}
