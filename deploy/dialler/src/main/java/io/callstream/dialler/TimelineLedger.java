package io.callstream.dialler;

import io.callstream.schemas.EventKind;
import io.callstream.schemas.Headers;
import io.callstream.schemas.StatusEvent;
import io.callstream.schemas.Timeline;
import io.callstream.schemas.TimelineEvent;
import io.callstream.schemas.TimelineJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Compares the records of the timeline with the callbacks that were sent. Each different accepted callback of a call
 * must be there once, numbered without gaps, and behind those that belong before it, or say that it is late.
 */
public final class TimelineLedger {

    private final Ledger ledger;
    private final Map<String, List<Place>> calls = new ConcurrentHashMap<>();
    private final AtomicLong received = new AtomicLong();

    private final Histogram millis = new Histogram(Duration.ofHours(1).toMillis(), 3);

    /**
     * An event as it is in the timeline. There can be millions, so the leg is its hash: two legs of one call do not have
     * the same by chance.
     */
    private record Place(long vendor, EventKind kind, int leg, long sequence, boolean isLate, int missing) {

        static Place of(byte[] value, TimelineEvent placed) {
            Timeline timeline = placed.timeline();
            return new Place(
                    Ledger.vendorsHash(value),
                    placed.event().kind(),
                    placed.event() instanceof StatusEvent status
                            ? Objects.hash(status.leg().side(), status.leg().id())
                            : 0,
                    timeline.sequence(),
                    timeline.late() != null,
                    timeline.missing() == null ? 0 : timeline.missing().size());
        }

        /** Whether this event belongs behind the other one. */
        boolean belongsBehind(Place other) {
            return other.kind.compareTo(kind) < 0 && (kind == EventKind.BILL || (leg != 0 && leg == other.leg));
        }
    }

    /**
     * The result of the comparison.
     *
     * @param expected the number of different accepted callbacks
     * @param lost the number of those without a record
     * @param twice the number of records whose callback already has one
     * @param spurious the number of records whose callback was refused or was not sent with this content
     * @param outOfOrder the number of calls with an event that is before or behind its place without saying so
     * @param gaps the number of calls that are not numbered 1, 2, 3 …
     * @param late the number of events that say that they are late
     * @param missing the number of statuses that are named as missing
     * @param p50Millis the median time from Kafka's append of an event until it was read from the timeline, for events
     *     that did not wait for others; by this machine's clock
     * @param p99Millis the same, of 99 of 100 events
     * @param examples at most five faulty calls, one sentence each
     */
    public record Verdict(
            long expected,
            long lost,
            long twice,
            long spurious,
            long outOfOrder,
            long gaps,
            long late,
            long missing,
            long p50Millis,
            long p99Millis,
            List<String> examples) {

        /** Whether there is no fault. */
        public boolean isClean() {
            return lost + twice + spurious + outOfOrder + gaps == 0;
        }
    }

    /** @param ledger the callbacks that were sent */
    public TimelineLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Takes a record of the timeline. Call it from one thread, in the order of each partition. A record that belongs to
     * no call of the campaign is ignored.
     */
    public void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        String call = new String(record.key(), StandardCharsets.UTF_8);
        Header type = record.headers().lastHeader(Headers.CE_TYPE);
        if (ledger.hasCall(call)
                && TimelineJson.read(
                                type == null ? null : new String(type.value(), StandardCharsets.UTF_8), record.value())
                        instanceof TimelineEvent placed) {
            calls.computeIfAbsent(call, name -> new ArrayList<>(4)).add(Place.of(record.value(), placed));
            if (placed.timeline().waitedMillis() == null) {
                long after = System.currentTimeMillis() - record.timestamp();
                millis.recordValue(Math.max(0, Math.min(after, millis.getHighestTrackableValue())));
            }
            received.incrementAndGet();
        }
    }

    /** The number of the campaign's records so far. */
    public long received() {
        return received.get();
    }

    /** Compares all calls. Call it after the campaign has ended. */
    public Verdict verdict() {
        long[] sums = new long[8];
        List<String> examples = new ArrayList<>();
        ledger.calls().forEach(call -> {
            long[] found = judge(call);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += found[i];
            }
            if (examples.size() < 5 && found[1] + found[2] + found[3] + found[4] + found[5] > 0) {
                examples.add("%s: %d lost, %d twice, %d never sent so, %s, %s"
                        .formatted(
                                call,
                                found[1],
                                found[2],
                                found[3],
                                found[4] > 0 ? "out of order" : "in order",
                                found[5] > 0 ? "with gaps" : "without gaps"));
            }
        });
        return new Verdict(
                sums[0],
                sums[1],
                sums[2],
                sums[3],
                sums[4],
                sums[5],
                sums[6],
                sums[7],
                millis.getValueAtPercentile(50),
                millis.getValueAtPercentile(99),
                List.copyOf(examples));
    }

    /** Compares one call. Returns the numbers of a {@link Verdict}, in the order of its components. */
    private long[] judge(String call) {
        Set<Long> accepted = ledger.accepted(call);
        Set<Long> sent = ledger.sent(call);
        List<Place> timeline = calls.getOrDefault(call, List.of());
        Set<Long> there = new HashSet<>();
        long twice = 0;
        long spurious = 0;
        long late = 0;
        long missing = 0;
        boolean isOrdered = true;
        boolean isNumbered = true;
        for (int i = 0; i < timeline.size(); i++) {
            Place place = timeline.get(i);
            twice += there.add(place.vendor()) ? 0 : 1;
            spurious += sent.contains(place.vendor()) ? 0 : 1;
            isNumbered &= place.sequence() == i + 1;
            boolean isBehind = timeline.subList(0, i).stream().anyMatch(before -> before.belongsBehind(place));
            isOrdered &= isBehind == place.isLate();
            late += isBehind ? 1 : 0;
            missing += place.missing();
        }
        accepted.removeAll(there);
        return new long[] {
            ledger.accepted(call).size(),
            accepted.size(),
            twice,
            spurious,
            isOrdered ? 0 : 1,
            isNumbered ? 0 : 1,
            late,
            missing
        };
    }
}
