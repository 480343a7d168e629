package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.codec.Decoded;
import io.callstream.gateway.codec.Outcome;
import io.callstream.gateway.codec.Reception;
import io.callstream.gateway.codec.RecordEncoder;
import io.callstream.gateway.codec.Rejection;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.journal.JournalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that a body becomes, in the order of its items, and what its sender is told of them. Never fails: an item
 * that meets a fault of ours is quarantined like any other, because a sender would only send it again.
 *
 * <p>What is stored is bounded by what was sent: at most {@value #MOST_STORED} times its bytes. A body whose items would
 * take more is quarantined whole, once; so are the items of a body of which many are rejected.
 */
final class Batch {

    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

    /** A control character is one byte in a form and six in JSON, and an event has it twice. */
    static final int MOST_STORED = 16;

    /** A request's head has at least so many bytes. */
    private static final int HEAD = 100;

    /** A record's own frame, its topic's name and its origin. */
    private static final long FRAME = 110;

    /** More rejected items than these are kept as the whole body. */
    private static final int MOST_ISOLATED = 10;

    /** After more rejected items than these the rest is not decoded: each costs more than a good one. */
    private static final int MOST_REJECTED = 100;

    private final byte[] body;
    private final Reception reception;
    private final Destination destination;
    private final List<JournalRecord> records = new ArrayList<>(1);
    private final List<String> kinds = new ArrayList<>(1);
    private final List<Rejected> bad = new ArrayList<>(0);
    private final List<Problem.Rejected> rejected = new ArrayList<>(0);
    private int items;
    private int rejectedCount;

    /** What the records of the good items take. */
    private long eventBytes;

    private boolean tooLargeToKeep;

    /** @param place where its record would stand among the records */
    private record Rejected(int position, int place, Rejection rejection, Evidence evidence) {}

    private Batch(byte[] body, Reception reception, Destination destination) {
        this.body = body;
        this.reception = reception;
        this.destination = destination;
    }

    static Batch of(byte[] body, CallbackDecoder decoder, Reception reception, Destination destination) {
        Batch batch = new Batch(body, reception, destination);
        List<Item> items;
        try {
            items = CallbackBody.items(body, reception);
        } catch (RuntimeException | StackOverflowError fault) {
            items = List.of(new Item.Unreadable(Evidence.whole(body), fault(fault)));
        }
        for (Item item : items) {
            batch.take(item, decoder);
            if (batch.bad.size() > MOST_REJECTED) {
                batch.rejectAll(
                        items.size(),
                        new Rejection(
                                batch.bad.get(0).rejection().reason(),
                                "More than %d of its %d items cannot be decoded, so none is published and the whole body is kept. The first: %s"
                                        .formatted(
                                                MOST_REJECTED,
                                                items.size(),
                                                batch.bad.get(0).rejection().explanation())));
                return batch;
            }
            if (batch.isTooMuch(batch.eventBytes)) {
                batch.rejectAll(items.size(), tooManyItems(items.size()));
                return batch;
            }
        }
        batch.keepRejected();
        return batch;
    }

    private void take(Item item, CallbackDecoder decoder) {
        Rejection rejection;
        try {
            Outcome outcome = item instanceof Item.Candidate candidate
                    ? decoder.decode(candidate.text(), reception.receivedAt())
                    : ((Item.Unreadable) item).rejection();
            if (outcome instanceof Decoded decoded) {
                JournalRecord event = RecordEncoder.event(decoded);
                if (destination.takes(event)) {
                    records.add(event);
                    eventBytes += FRAME + event.bytes();
                    kinds.add(decoded.kind());
                    items++;
                    return;
                }
                rejection = new Rejection(
                        Rejection.Reason.TOO_LARGE,
                        "Its event has %,d bytes and topic %s takes records of %,d: send a smaller one, or raise the topic's"
                                        .formatted(
                                                event.bytes(), event.topic(), destination.largestRecord(event.topic()))
                                + " max.message.bytes.");
            } else {
                rejection = (Rejection) outcome;
            }
        } catch (RuntimeException | StackOverflowError fault) {
            rejection = fault(fault);
        }
        String hint = item.evidence().hint();
        bad.add(new Rejected(
                items++, records.size(), hint == null ? rejection : rejection.with(hint), item.evidence()));
        rejectedCount++;
    }

    private void keepRejected() {
        if (!bad.isEmpty() && bad.size() <= MOST_ISOLATED && isolate()) {
            return;
        }
        long wholeBytes = bad.isEmpty() ? 0 : keepWhole(bad.get(0).rejection());
        if (isTooMuch(eventBytes + wholeBytes)) {
            rejectAll(items, tooManyItems(items));
        }
    }

    private static Rejection tooManyItems(int count) {
        return new Rejection(
                Rejection.Reason.TOO_MANY_ITEMS,
                "Its %d items would take more than %d times the bytes of the body: send fewer at a time."
                        .formatted(count, MOST_STORED));
    }

    /** Nothing of the body is published; it is kept whole, once. */
    private void rejectAll(int count, Rejection why) {
        items = count;
        records.clear();
        rejected.clear();
        kinds.clear();
        String id = quarantineId();
        records.add(quarantine(why, Evidence.whole(body), id));
        for (int position = 0; position < Math.min(count, MOST_REJECTED); position++) {
            rejected.add(new Problem.Rejected(position, why.reason().code(), why.explanation(), id));
        }
        rejectedCount = count;
    }

    /** Puts each rejected item in its place, and those that cannot stand alone as one; {@code false} where that is too much. */
    private boolean isolate() {
        List<JournalRecord> all = new ArrayList<>(records);
        List<Problem.Rejected> told = new ArrayList<>(bad.size());
        String wholeId = null;
        int added = 0;
        long bytes = eventBytes;
        for (Rejected item : bad) {
            String id = item.evidence().isWhole() ? wholeId : null;
            if (id == null) {
                id = quarantineId();
                JournalRecord record = quarantine(item.rejection(), item.evidence(), id);
                bytes += FRAME + record.bytes();
                all.add(item.place() + added++, record);
            }
            if (item.evidence().isWhole()) {
                wholeId = id;
            }
            told.add(problem(item, id));
        }
        if (isTooMuch(bytes)) {
            return false;
        }
        records.clear();
        records.addAll(all);
        rejected.addAll(told);
        return true;
    }

    /** Keeps the whole body once, for all of its rejected items; gives what that takes. */
    private long keepWhole(Rejection first) {
        String id = quarantineId();
        Rejection why = items == 1
                ? first
                : new Rejection(
                        first.reason(),
                        "%d of %d items cannot be decoded, so the whole body is kept. The first: %s"
                                .formatted(bad.size(), items, first.explanation()));
        JournalRecord record = quarantine(why, Evidence.whole(body), id);
        records.add(record);
        bad.forEach(item -> rejected.add(problem(item, id)));
        return FRAME + record.bytes();
    }

    private JournalRecord quarantine(Rejection rejection, Evidence evidence, String id) {
        JournalRecord record = RecordEncoder.quarantine(rejection, evidence.bytes(), evidence.charset(), reception, id);
        tooLargeToKeep |= !destination.takes(record);
        return record;
    }

    private static Problem.Rejected problem(Rejected item, String id) {
        return new Problem.Rejected(
                item.position(),
                item.rejection().reason().code(),
                item.rejection().explanation(),
                id);
    }

    private boolean isTooMuch(long stored) {
        return stored > (long) MOST_STORED * (HEAD + body.length);
    }

    private static Rejection fault(Throwable fault) {
        LOG.error(
                "Decoding a callback failed because of a fault in the gateway; it is quarantined, reason fault", fault);
        return new Rejection(
                Rejection.Reason.FAULT, "The gateway met a fault of its own in reading it: its log says more.");
    }

    /** Names a record, guards nothing: it need not be unguessable, and a secure one would read a file. */
    private static String quarantineId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** How many items the body has. */
    int items() {
        return items;
    }

    /** To be appended: at least one. */
    List<JournalRecord> records() {
        return records;
    }

    /** The kind of each event; for metrics. */
    List<String> kinds() {
        return kinds;
    }

    /** How many items go to quarantine. */
    int rejectedCount() {
        return rejectedCount;
    }

    /** The first of them; all have the reason of the first where there are more. */
    List<Problem.Rejected> rejected() {
        return rejected;
    }

    /** Whether a rejected item cannot be kept, because the quarantine topic takes no record so large. */
    boolean isTooLargeToKeep() {
        return tooLargeToKeep;
    }
}
