package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.codec.Outcome;
import io.callstream.gateway.codec.Outcome.Decoded;
import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.codec.Privacy;
import io.callstream.gateway.codec.QuarantineRecord;
import io.callstream.gateway.codec.Reception;
import io.callstream.gateway.codec.RecordEncoder;
import io.callstream.gateway.ingress.Item.Evidence;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.security.Tenant;
import io.callstream.gateway.tracing.Tracing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes the items of one body into records, in the order of the items, and describes the rejected items for the
 * answer. Decoding never fails: an item that causes a fault of the gateway is quarantined like any other rejected item.
 * After an error answer, the sender would only send it again.
 *
 * <p>The records have at most {@value #MOST_STORED} times the bytes of the request. If they would need more, nothing of
 * the body is published, and the whole body is quarantined once. If many items of a body are rejected, the whole body
 * is quarantined once instead of each item.
 */
final class Batch {

    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

    /** A control character takes one byte in a form and six in JSON, and an event contains it twice. */
    static final int MOST_STORED = 16;

    /** The fewest bytes that the head of a request has. */
    private static final int HEAD = 100;

    /** Bytes of a record besides its own key, headers and value: its frame, its topic's name and its origin header. */
    private static final long FRAME = 110;

    /** If more items than this are rejected, the whole body is quarantined instead of each item. */
    private static final int MOST_ISOLATED = 10;

    /** If more items than this are rejected, the rest is not decoded: a rejected item costs more than a good one. */
    private static final int MOST_REJECTED = 100;

    private static final Rejection OTHER_COMPANY = new Rejection(
            Rejection.Reason.OTHER_COMPANY,
            "Its companycode is not one of this tenant's: post it with the credential of its own tenant, or add the code to"
                    + " the tenant.");

    private final byte[] body;
    private final Privacy privacy;
    private final Tenant tenant;
    private final Reception reception;
    private final Destination destination;
    private final Tracing.Request trace;
    private final List<Taken> taken = new ArrayList<>(1);
    private int rejectedCount;

    /** The size of the accepted items' records, in bytes. */
    private long eventBytes;

    private List<JournalRecord> records = List.of();
    private List<Problem.Rejected> listed = List.of();
    private boolean tooLargeToKeep;
    private boolean aboveQuota;

    /** The result of decoding one item. */
    private sealed interface Taken {}

    private record Accepted(JournalRecord record, Decoded decoded) implements Taken {}

    private record Rejected(Rejection rejection, Evidence evidence) implements Taken {}

    private Batch(
            byte[] body,
            Privacy privacy,
            Tenant tenant,
            Reception reception,
            Destination destination,
            Tracing.Request trace) {
        this.body = body;
        this.privacy = privacy;
        this.tenant = tenant;
        this.reception = reception;
        this.destination = destination;
        this.trace = trace;
    }

    /**
     * Decodes a body.
     *
     * @param privacy what is stored of their phone numbers
     * @param tenant whose callbacks they must be, and whose quarantine quota they use
     * @param trace of the request
     */
    static Batch of(
            byte[] body,
            CallbackDecoder decoder,
            Privacy privacy,
            Tenant tenant,
            Reception reception,
            Destination destination,
            Tracing.Request trace) {
        Batch batch = new Batch(body, privacy, tenant, reception, destination, trace);
        batch.decode(decoder);
        batch.keepWithinQuota();
        return batch;
    }

    private void decode(CallbackDecoder decoder) {
        List<Item> items;
        try {
            items = CallbackBody.items(body, reception);
        } catch (RuntimeException | StackOverflowError fault) {
            items = List.of(new Item.Unreadable(Evidence.whole(body), fault(fault)));
        }
        for (Item item : items) {
            take(item, decoder);
            if (rejectedCount > MOST_REJECTED) {
                Rejection first = firstRejection();
                rejectAll(
                        items.size(),
                        new Rejection(
                                first.reason(),
                                "More than %d of its %d items cannot be decoded, so none is published and the whole body is kept. The first: %s"
                                        .formatted(MOST_REJECTED, items.size(), first.explanation())));
                return;
            }
            if (isTooMuch(eventBytes)) {
                rejectAll(items.size(), tooManyItems(items.size()));
                return;
            }
        }
        keep();
    }

    private void take(Item item, CallbackDecoder decoder) {
        Rejection rejection;
        try {
            Outcome outcome = item instanceof Item.Candidate candidate
                    ? decoder.decode(candidate.text(), reception.receivedAt())
                    : ((Item.Unreadable) item).rejection();
            if (outcome instanceof Decoded decoded && tenant.owns(decoded.companyCode())) {
                JournalRecord event = trace.create(RecordEncoder.event(privacy.applied(decoded), tenant.named()));
                if (destination.takes(event)) {
                    taken.add(new Accepted(event, decoded));
                    eventBytes += FRAME + event.bytes();
                    return;
                }
                rejection = new Rejection(
                        Rejection.Reason.TOO_LARGE,
                        "Its event has %,d bytes and topic %s takes records of %,d: send a smaller one, or raise the topic's"
                                        .formatted(
                                                event.bytes(), event.topic(), destination.largestRecord(event.topic()))
                                + " max.message.bytes.");
            } else {
                rejection = outcome instanceof Rejection undecodable ? undecodable : OTHER_COMPANY;
            }
        } catch (RuntimeException | StackOverflowError fault) {
            rejection = fault(fault);
        }
        String hint = item.evidence().hint();
        taken.add(new Rejected(hint == null ? rejection : rejection.with(hint), item.evidence()));
        rejectedCount++;
    }

    /** Leaves the quarantine records out if the tenant's quota of the day does not allow them. */
    private void keepWithinQuota() {
        if (rejectedCount == 0) {
            return;
        }
        List<JournalRecord> accepted = new ArrayList<>();
        int count = 0;
        long bytes = 0;
        for (JournalRecord record : records) {
            if (record.topic().equals(QuarantineRecord.TOPIC)) {
                count++;
                bytes += record.bytes();
            } else {
                accepted.add(record);
            }
        }
        if (!tenant.quarantine().take(count, bytes, reception.receivedAt())) {
            aboveQuota = true;
            records = accepted;
            listed = listed.stream().map(Problem.Rejected::unkept).toList();
        }
    }

    private Rejection firstRejection() {
        return taken.stream()
                .filter(Rejected.class::isInstance)
                .map(item -> ((Rejected) item).rejection())
                .findFirst()
                .orElseThrow();
    }

    private void keep() {
        if (rejectedCount == 0) {
            records = accepted();
        } else if (rejectedCount > MOST_ISOLATED || !isolate()) {
            keepWhole();
        }
    }

    private List<JournalRecord> accepted() {
        List<JournalRecord> accepted = new ArrayList<>(taken.size() + 1);
        for (Taken item : taken) {
            if (item instanceof Accepted good) {
                accepted.add(good.record());
            }
        }
        return accepted;
    }

    /**
     * Quarantines each rejected item in its place. Items that cannot be stored alone share one record of the whole
     * body. Returns {@code false} if the records would be too large.
     */
    private boolean isolate() {
        List<JournalRecord> all = new ArrayList<>(taken.size());
        List<Problem.Rejected> each = new ArrayList<>(rejectedCount);
        String wholeId = null;
        long bytes = eventBytes;
        for (int position = 0; position < taken.size(); position++) {
            if (taken.get(position) instanceof Accepted good) {
                all.add(good.record());
            } else if (taken.get(position) instanceof Rejected bad) {
                boolean whole = bad.evidence().isWhole();
                String id = whole && wholeId != null ? wholeId : quarantineId();
                if (!id.equals(wholeId)) {
                    JournalRecord record = quarantine(bad.rejection(), bad.evidence(), id);
                    bytes += FRAME + record.bytes();
                    all.add(record);
                }
                wholeId = whole ? id : wholeId;
                each.add(problem(position, bad.rejection(), id));
            }
        }
        if (isTooMuch(bytes)) {
            return false;
        }
        records = all;
        listed = each;
        return true;
    }

    /** Quarantines the whole body once, for all of its rejected items. */
    private void keepWhole() {
        String id = quarantineId();
        Rejection first = firstRejection();
        Rejection why = taken.size() == 1
                ? first
                : new Rejection(
                        first.reason(),
                        "%d of %d items cannot be decoded, so the whole body is kept. The first: %s"
                                .formatted(rejectedCount, taken.size(), first.explanation()));
        JournalRecord whole = quarantine(why, Evidence.whole(body), id);
        if (isTooMuch(eventBytes + FRAME + whole.bytes())) {
            rejectAll(taken.size(), tooManyItems(taken.size()));
            return;
        }
        records = accepted();
        records.add(whole);
        listed = new ArrayList<>(rejectedCount);
        for (int position = 0; position < taken.size(); position++) {
            if (taken.get(position) instanceof Rejected bad) {
                listed.add(problem(position, bad.rejection(), id));
            }
        }
    }

    private static Rejection tooManyItems(int count) {
        return new Rejection(
                Rejection.Reason.TOO_MANY_ITEMS,
                "Its %d items would take more than %d times the bytes of the body: send fewer at a time."
                        .formatted(count, MOST_STORED));
    }

    /** Publishes nothing of the body, and quarantines it once as a whole. */
    private void rejectAll(int count, Rejection why) {
        String id = quarantineId();
        taken.clear();
        taken.addAll(Collections.nCopies(count, new Rejected(why, Evidence.whole(body))));
        rejectedCount = count;
        records = List.of(quarantine(why, Evidence.whole(body), id));
        listed = IntStream.range(0, Math.min(count, MOST_REJECTED))
                .mapToObj(position -> problem(position, why, id))
                .toList();
    }

    private JournalRecord quarantine(Rejection rejection, Evidence evidence, String id) {
        JournalRecord record = trace.create(
                QuarantineRecord.of(rejection, evidence.bytes(), evidence.charset(), reception, privacy, id));
        tooLargeToKeep |= !destination.takes(record);
        return record;
    }

    private static Problem.Rejected problem(int position, Rejection why, String id) {
        return new Problem.Rejected(position, why.reason().code(), why.explanation(), id);
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

    /**
     * Returns a random id. It only names a record and protects nothing, so it may be guessable; a secure random
     * generator would read a file.
     */
    private static String quarantineId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** Returns the number of items in the body. */
    int items() {
        return taken.size();
    }

    /** Returns the records to append; none if all items are rejected and the tenant's quarantine quota is used up. */
    List<JournalRecord> records() {
        return records;
    }

    /** Returns the size of the records' keys, headers and values. */
    long bytes() {
        return records.stream().mapToLong(JournalRecord::bytes).sum();
    }

    /** Passes each accepted item to the consumer, for metrics. */
    void eachAccepted(Consumer<Decoded> accepted) {
        for (Taken item : taken) {
            if (item instanceof Accepted good) {
                accepted.accept(good.decoded());
            }
        }
    }

    /** Returns the number of rejected items. */
    int rejectedCount() {
        return rejectedCount;
    }

    /**
     * Returns the first rejected items, for the answer. If the list is shorter than {@link #rejectedCount()}, all
     * rejected items have the same reason.
     */
    List<Problem.Rejected> listedRejections() {
        return listed;
    }

    /** Whether the rejected items are not quarantined, because the tenant's quota of the day is used up. */
    boolean isAboveQuota() {
        return aboveQuota;
    }

    /** Whether a rejected item cannot be stored, because its record is larger than the quarantine topic allows. */
    boolean isTooLargeToKeep() {
        return tooLargeToKeep;
    }
}
