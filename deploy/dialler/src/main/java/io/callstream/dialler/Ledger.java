package io.callstream.dialler;

import io.callstream.schemas.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
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
 * Compares the records in the topic of calls with the callbacks that were sent. All accepted callbacks of a call must
 * be there, in the order in which they were accepted. A refused callback must not be there; a callback with an unknown
 * answer may be. A record that the gateway repeats has the same origin and is no fault.
 *
 * <p>It keeps about 60 bytes in memory for each callback until the end.
 */
public final class Ledger implements Witness {

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Track> tracks = new ConcurrentHashMap<>();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong repeats = new AtomicLong();

    /** The hashes of a call's callbacks, in the order in which they were sent and in the order of their records. */
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
     * The result of the comparison.
     *
     * @param expected the number of accepted callbacks
     * @param arrived the number of sent callbacks, with any answer, that have a record
     * @param lost the number of accepted callbacks without a record
     * @param outOfOrder the number of calls whose records are not in the order in which their callbacks were accepted
     * @param spurious the number of records whose callback was refused or was not sent with this content
     * @param scattered the number of calls with records in more than one partition
     * @param repeats the number of records that the gateway wrote again, with the same origin
     * @param examples at most five faulty calls, one sentence each
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

        /** Whether there is no fault. A repeat with the same origin is none. */
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

    /**
     * Takes a record of the topic. Call it from one thread, in the order of each partition. A record that belongs to no
     * call of the campaign is ignored.
     */
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

    /** The hash of the text of the event's {@code vendor}; 0 if there is no such field or the event is not JSON. */
    static long vendorsHash(byte[] event) {
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

    /** FNV-1a, 64 bits: it only has to distinguish the callbacks of one call. */
    private static long hash(byte[] bytes, int from, int to) {
        long hash = 0xcbf29ce484222325L;
        for (int i = from; i < (to < 0 ? bytes.length : to); i++) {
            hash = (hash ^ bytes[i]) * 0x100000001b3L;
        }
        return hash;
    }

    boolean hasCall(String call) {
        return tracks.containsKey(call);
    }

    Set<String> calls() {
        return tracks.keySet();
    }

    /** The hashes of the call's different callbacks. */
    Set<Long> sent(String call) {
        return hashes(call, false);
    }

    /** The hashes of the call's different callbacks that were accepted. */
    Set<Long> accepted(String call) {
        return hashes(call, true);
    }

    private Set<Long> hashes(String call, boolean onlyAccepted) {
        Set<Long> hashes = new HashSet<>();
        Track track = tracks.get(call);
        for (int i = 0; track != null && i < track.sent.size; i++) {
            if (!onlyAccepted || answer(track, i) == Answer.ACCEPTED) {
                hashes.add(track.sent.values[i]);
            }
        }
        return hashes;
    }

    /** The number of different accepted callbacks of all calls. Call it after the campaign has ended. */
    public long distinct() {
        return tracks.keySet().stream().mapToLong(call -> accepted(call).size()).sum();
    }

    /** The number of the campaign's records so far, without the gateway's repeats. */
    public long received() {
        return received.get();
    }

    /** The number of the campaign's records that the gateway wrote again. */
    public long repeats() {
        return repeats.get();
    }

    /** The ids of calls with a lost callback. Call it after the campaign has ended. */
    public Set<String> callsWithLoss() {
        return tracks.entrySet().stream()
                .filter(track -> judge(track.getValue())[2] > 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Compares all calls. Call it after the campaign has ended. */
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

    /** Compares one call. Returns the numbers of a {@link Verdict}, in the order of its components. */
    private static long[] judge(Track track) {
        Longs first = track.received;
        int expected = 0;
        for (int i = 0; i < track.sent.size; i++) {
            expected += answer(track, i) == Answer.ACCEPTED ? 1 : 0;
        }
        // A call is in order if the records of its accepted callbacks are. A callback that was not accepted has no
        // promised place.
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
     * Returns the index of the sent callback that a record belongs to; -1 if there is none. Of several equal callbacks
     * it prefers an accepted one, then one at or after {@code from}.
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

    /** A callback that was in flight when the campaign was stopped has no answer. */
    private static Answer answer(Track track, int index) {
        return index < track.answers.size() ? track.answers.get(index) : Answer.UNKNOWN;
    }
}
