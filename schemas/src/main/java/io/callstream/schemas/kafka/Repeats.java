package io.callstream.schemas.kafka;

import io.callstream.schemas.Headers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Recognises what a gateway wrote twice, because it crashed before it knew that Kafka had it. By
 * {@code callstream-origin}, {@code {journal id}:{sequence}}: in one partition a journal's sequences ascend, but for
 * repeats, so the last one that was handled is all that has to be remembered.
 *
 * <p>What the dialler sent twice is no such repeat and not recognised. What a consumer handled before it was started is
 * not either: whoever must not count anything twice stores the origin with what came of it.
 *
 * <p>The records of a partition are to be handled one after the other; where they go to several lanes side by side, each
 * lane has its own. After a seek to an earlier place a new one is needed. Safe for any number of threads.
 */
public final class Repeats {

    /** Each partition has one for each gateway that wrote to it; a gateway's older journals are of no more use. */
    private static final int MOST_JOURNALS = 10_000;

    private final Map<Journal, Long> handled = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Journal, Long> eldest) {
            return size() > MOST_JOURNALS;
        }
    };

    private record Journal(String topic, int partition, String id) {}

    private record Origin(Journal journal, long sequence) {}

    /** Whether a record of the same origin, or one behind it, has been {@link #handled}. False without an origin. */
    public synchronized boolean isRepeat(ConsumerRecord<?, ?> record) {
        Origin origin = origin(record);
        Long last = origin == null ? null : handled.get(origin.journal());
        return origin != null && last != null && origin.sequence() <= last;
    }

    /** To be told once the record has been dealt with, not before: what failed is to come again. */
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
            // A stranger's record.
            return null;
        }
    }
}
