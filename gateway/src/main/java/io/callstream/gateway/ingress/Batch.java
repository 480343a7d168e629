package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.codec.Decoded;
import io.callstream.gateway.codec.Outcome;
import io.callstream.gateway.codec.Reception;
import io.callstream.gateway.codec.RecordEncoder;
import io.callstream.gateway.codec.Rejection;
import io.callstream.gateway.journal.JournalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a body comes to: a record for each of its items, in order, and what is to be said of them. Never fails: an item
 * that meets a fault of ours is quarantined like any other, because a sender would only send it again.
 */
final class Batch {

    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);
    private static final String UNDECODABLE = "undecodable";

    private final CallbackDecoder decoder;
    private final Reception reception;
    private final List<JournalRecord> records = new ArrayList<>(1);
    private final List<String> kinds = new ArrayList<>(1);
    private final List<Problem.Rejected> rejected = new ArrayList<>(0);

    private Batch(CallbackDecoder decoder, Reception reception) {
        this.decoder = decoder;
        this.reception = reception;
    }

    static Batch of(byte[] body, @Nullable String contentEncoding, CallbackDecoder decoder, Reception reception) {
        Batch batch = new Batch(decoder, reception);
        List<Item> items;
        try {
            items = CallbackBody.items(reception.contentType(), contentEncoding, body);
        } catch (RuntimeException fault) {
            items = List.of(new Item.Unreadable(body, fault(fault)));
        }
        items.forEach(batch::take);
        return batch;
    }

    private void take(Item item) {
        try {
            Outcome outcome = item instanceof Item.Candidate candidate
                    ? decoder.decode(candidate.text(), reception.receivedAt())
                    : ((Item.Unreadable) item).rejection();
            if (outcome instanceof Decoded decoded) {
                records.add(RecordEncoder.event(decoded));
                kinds.add(decoded.kind());
            } else {
                reject(item, (Rejection) outcome);
            }
        } catch (RuntimeException fault) {
            reject(item, fault(fault));
        }
    }

    private void reject(Item item, Rejection rejection) {
        String id = quarantineId();
        rejected.add(new Problem.Rejected(records.size(), rejection.reason().code(), rejection.explanation(), id));
        records.add(RecordEncoder.quarantine(rejection, item.bytes(), reception, id));
        kinds.add(UNDECODABLE);
    }

    private static Rejection fault(RuntimeException fault) {
        LOG.error("A callback met a fault in the gateway and is in quarantine, reason fault", fault);
        return new Rejection(
                Rejection.Reason.FAULT, "The gateway met a fault of its own in reading it: its log says more.");
    }

    /** Names a record, guards nothing: it need not be unguessable, and a secure one would read a file. */
    private static String quarantineId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** One for each item. */
    List<JournalRecord> records() {
        return records;
    }

    /** Of each item the event's kind, or {@code undecodable}; for metrics. */
    List<String> kinds() {
        return kinds;
    }

    /** The items that go to quarantine. */
    List<Problem.Rejected> rejected() {
        return rejected;
    }
}
