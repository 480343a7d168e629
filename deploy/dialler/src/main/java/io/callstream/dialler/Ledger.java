package io.callstream.dialler;

import io.callstream.schemas.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Compares the records in the topic of calls with the callbacks sent: each call's accepted callbacks, in the order in which they
 * were accepted, none missing. What was refused is not to be there; what nobody knows of may be. What the gateway repeats,
 * under the same origin, is no fault.
 *
 * <p>A callback takes some 60 bytes until the end.
 */
public final class Ledger implements Witness {

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Track> tracks = new ConcurrentHashMap<>();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong repeats = new AtomicLong();

    /** A call's callbacks, by a hash of their text: as they were sent, and as they were received. */
    private static final class Track {

        private final Longs sent = new Longs();
        private final List<Answer> answers = new ArrayList<>(4);
        private final Longs received = new Longs();
        private final Longs origins = new Longs();
        private int repeats;
        private int partition = -1;
        private boolean isScattered;
    }

    private static final class Longs {

        private long[] values = new long[4];
        private int size;

        void add(long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        boolean contains(long value) {
            for (int i = 0; i < size; i++) {
                if (values[i] == value) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * What was found.
     *
     * @param expected callbacks that were accepted
     * @param arrived of these and of the unknown ones, those that are there
     * @param lost accepted, and not there
     * @param outOfOrder calls with a callback in another place than it was accepted in
     * @param spurious there, and never sent so, or refused
     * @param scattered calls in more than one partition
     * @param examples of what is wrong
     */
    public record Verdict(
            long expected,
            long arrived,
            long lost,
            long outOfOrder,
            long spurious,
            long scattered,
            long repeats,
            List<String> examples) {

        /** Nothing is wrong; repeats under the same origin are not. */
        public boolean isClean() {
            return lost == 0 && outOfOrder == 0 && spurious == 0 && scattered == 0;
        }
    }

    @Override
    public void sent(String call, String arrives) {
        tracks.computeIfAbsent(call, c -> new Track()).sent.add(hash(arrives.getBytes(StandardCharsets.UTF_8), 0, -1));
    }

    @Override
    public void answered(String call, Answer answer) {
        Track track = tracks.get(call);
        if (track != null) {
            track.answers.add(answer);
        }
    }

    /** A record of the topic, each partition's in order; by one thread. What belongs to no call of the campaign is passed over. */
    public void take(ConsumerRecord<byte[], byte[]> record) {
        Track track = record.key() == null ? null : tracks.get(new String(record.key(), StandardCharsets.UTF_8));
        if (track == null) {
            return;
        }
        track.isScattered |= track.partition >= 0 && track.partition != record.partition();
        track.partition = record.partition();
        Header origin = record.headers().lastHeader(Headers.ORIGIN);
        long from = origin == null ? record.offset() : hash(origin.value(), 0, -1);
        if (track.origins.contains(from)) {
            track.repeats++;
            repeats.incrementAndGet();
        } else {
            track.origins.add(from);
            track.received.add(vendorsHash(record.value()));
            received.incrementAndGet();
        }
    }

    /** Of the text of the event's {@code vendor}; 0 where it has none. */
    private static long vendorsHash(byte[] event) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), event)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean found = parser.currentName().equals("vendor");
                parser.nextToken();
                int start = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                if (found) {
                    return hash(event, start, (int) parser.currentLocation().getByteOffset());
                }
            }
            return 0;
        } catch (JacksonException e) {
            return 0;
        }
    }

    /** FNV-1a of 64 bits: a mix-up of two callbacks of one call is all that it is to tell. */
    private static long hash(byte[] bytes, int from, int to) {
        long hash = 0xcbf29ce484222325L;
        for (int i = from; i < (to < 0 ? bytes.length : to); i++) {
            hash = (hash ^ bytes[i]) * 0x100000001b3L;
        }
        return hash;
    }

    /** How many of the campaign's records have come, but for the gateway's own repeats. */
    public long received() {
        return received.get();
    }

    /** How many records were repeats of the gateway's own. */
    public long repeats() {
        return repeats.get();
    }

    /** The calls with an accepted callback that is not there. Once the campaign is over. */
    public Set<String> callsWithLoss() {
        return tracks.entrySet().stream()
                .filter(track -> judge(track.getValue())[2] > 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** What was found. Once the campaign is over. */
    public Verdict verdict() {
        long[] sums = new long[7];
        List<String> examples = new ArrayList<>();
        tracks.forEach((call, track) -> {
            long[] found = judge(track);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += found[i];
            }
            if (examples.size() < 5 && found[2] + found[3] + found[4] + found[5] > 0) {
                examples.add("%s: %d lost, %s, %d never sent so"
                        .formatted(call, found[2], found[3] > 0 ? "out of order" : "in order", found[4]));
            }
        });
        return new Verdict(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], examples);
    }

    /** Expected, arrived, lost, out of order, spurious, scattered, repeats. */
    private static long[] judge(Track track) {
        Longs first = track.received;
        int expected = 0;
        for (int i = 0; i < track.sent.size; i++) {
            expected += answer(track, i) == Answer.ACCEPTED ? 1 : 0;
        }
        // In order: each that arrived is the next of those sent, past what need not have arrived. Of what nobody was
        // answered for, nobody was promised an order.
        boolean[] there = new boolean[track.sent.size];
        int at = 0;
        boolean inOrder = true;
        for (int i = 0; i < first.size; i++) {
            int found = find(track, first.values[i], at, there);
            if (found < 0) {
                continue;
            }
            there[found] = true;
            if (answer(track, found) == Answer.ACCEPTED) {
                inOrder &= found >= at;
                at = Math.max(at, found + 1);
            }
        }
        int arrived = 0;
        int lost = 0;
        int refusedButThere = 0;
        for (int i = 0; i < there.length; i++) {
            arrived += there[i] ? 1 : 0;
            lost += !there[i] && answer(track, i) == Answer.ACCEPTED ? 1 : 0;
            refusedButThere += there[i] && answer(track, i) == Answer.REFUSED ? 1 : 0;
        }
        int spurious = first.size - arrived + refusedButThere;
        return new long[] {expected, arrived, lost, inOrder ? 0 : 1, spurious, track.isScattered ? 1 : 0, track.repeats
        };
    }

    /**
     * Which sending it was: of those that are alike, one that was accepted before one that nobody knows of, and one at or
     * behind {@code from} before an earlier one; -1 where none was so.
     */
    private static int find(Track track, long hash, int from, boolean[] taken) {
        int best = -1;
        int bestRank = -1;
        for (int i = 0; i < track.sent.size; i++) {
            if (track.sent.values[i] == hash && !taken[i]) {
                int rank = (answer(track, i) == Answer.ACCEPTED ? 2 : 0) + (i >= from ? 1 : 0);
                if (rank > bestRank) {
                    best = i;
                    bestRank = rank;
                }
            }
        }
        return best;
    }

    /** What went out when the campaign was stopped has no answer. */
    private static Answer answer(Track track, int index) {
        return index < track.answers.size() ? track.answers.get(index) : Answer.UNKNOWN;
    }
}
