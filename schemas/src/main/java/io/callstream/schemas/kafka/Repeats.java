package io.callstream.schemas.kafka;

import io.callstream.schemas.Headers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Recognises records that a gateway wrote twice, because of an error or a crash before it received Kafka's
 * acknowledgement. It reads the header {@code callstream-origin}, {@code {journal id}:{sequence}}. In one partition the
 * sequences of a journal ascend, except for repeats, so it remembers only the last handled sequence of each journal.
 *
 * <p>Two repeats are not recognised. The first is a callback that the dialler sent twice; such records have the same
 * {@code ce_id}. The second is a record that your program handled before its last start. If nothing may count twice,
 * store the origin with your result.
 *
 * <p>Handle the records of a partition one after the other. If several lanes handle them in parallel, give each lane
 * its own instance. After a seek to an earlier offset, create a new instance. Thread-safe.
 */
public final class Repeats {

    /** A partition needs one for each gateway that writes to it. Of more, the least recently used are evicted. */
    private static final int MOST_JOURNALS = 10_000;

    private final Map<Journal, Long> handled = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Journal, Long> eldest) {
            return size() > MOST_JOURNALS;
        }
    };

    /** Creates an instance that has seen no record. */
    public Repeats() {}

    private record Journal(String topic, int partition, String id) {}

    private record Origin(Journal journal, long sequence) {}

    /**
     * Returns whether a record with this origin, or with a later one of the same journal and partition, has been
     * {@linkplain #handled handled}.
     *
     * @param record the record; its key and value are not read
     * @return {@code true} if the record is a repeat; {@code false} if it is not, or has no readable origin
     */
    public synchronized boolean isRepeat(ConsumerRecord<?, ?> record) {
        Origin origin = origin(record);
        Long last = origin == null ? null : handled.get(origin.journal());
        return origin != null && last != null && origin.sequence() <= last;
    }

    /**
     * Remembers that a record was handled. Call it after your program has handled the record successfully: a record
     * that failed must not be taken for a repeat when it comes again.
     *
     * @param record the record; without a readable origin it is ignored
     */
    public synchronized void handled(ConsumerRecord<?, ?> record) {
        Origin origin = origin(record);
        if (origin != null) {
            handled.merge(origin.journal(), origin.sequence(), Math::max);
        }
    }

    private static @Nullable Origin origin(ConsumerRecord<?, ?> record) {
        Header header = record.headers().lastHeader(Headers.ORIGIN);
        if (header == null || header.value() == null) {
            return null;
        }
        String text = new String(header.value(), StandardCharsets.UTF_8);
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            return null;
        }
        try {
            return new Origin(
                    new Journal(record.topic(), record.partition(), text.substring(0, colon)),
                    Long.parseLong(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            // Another program wrote the record.
            return null;
        }
    }
}
