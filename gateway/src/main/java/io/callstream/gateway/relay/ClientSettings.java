package io.callstream.gateway.relay;

import static org.apache.kafka.clients.producer.ProducerConfig.*;

import java.util.HashMap;
import java.util.Map;

/**
 * The settings of the Kafka clients that the gateway's guarantees require. They override {@code spring.kafka.*}, which
 * configures brokers and security.
 *
 * <p>The producer never gives up on a record: with a finite delivery time-out, a paused cluster put up to 40 % of the
 * records out of order. Idempotence and one request in flight keep the order when the client retries.
 */
final class ClientSettings {

    /**
     * Milliseconds. A recovered Kafka must be noticed within seconds, so no request or connection attempt may take
     * longer.
     */
    private static final int FIVE_SECONDS_MILLIS = 5_000;

    private static final int SECOND = 1_000;
    private static final int MINUTE = 60_000;

    /** Bytes. More than the limit of any likely topic, so that only the topic's limit decides. */
    private static final int LARGEST_REQUEST = 16 << 20;

    /** Two, because a record that is alone in a batch can fill less than half of it. */
    private static final int BUFFER_PER_BYTE = 2;

    private static final long SMALLEST_BUFFER = 32L << 20;

    private ClientSettings() {}

    /** @param inFlight the most bytes of records that are handed to the producer and not acknowledged */
    static Map<String, Object> producer(Map<String, Object> configured, long inFlight) {
        Map<String, Object> settings = connection(configured);
        settings.put(ACKS_CONFIG, "all");
        settings.put(ENABLE_IDEMPOTENCE_CONFIG, true);
        // Not 5, although idempotence is said to keep the order of 5. A broker accepts any sequence number for a
        // producer's first batch in a partition. So a second batch can overtake a first one that came before the leader
        // was ready.
        settings.put(MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(RETRIES_CONFIG, Integer.MAX_VALUE);
        settings.put(DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        // While the client does not know the topic, a send blocks reactor-kafka's own thread; no other work needs that
        // thread. If the send failed early, the next run could repeat the records in flight. But it has to fail
        // eventually, because only the next run creates a topic that was deleted.
        settings.put(MAX_BLOCK_MS_CONFIG, MINUTE);
        settings.put(BUFFER_MEMORY_CONFIG, Math.max(SMALLEST_BUFFER, BUFFER_PER_BYTE * inFlight + LARGEST_REQUEST));
        settings.put(MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
        // All records of a call must go to one partition, so only the key's hash may choose it.
        settings.remove(PARTITIONER_CLASS_CONFIG);
        settings.put(PARTITIONER_IGNORE_KEYS_CONFIG, false);
        // Batches fill while a request is on the wire. A longer wait would only delay the answers.
        settings.put(LINGER_MS_CONFIG, 0);
        return settings;
    }

    static Map<String, Object> admin(Map<String, Object> configured) {
        Map<String, Object> settings = connection(configured);
        settings.put("default.api.timeout.ms", FIVE_SECONDS_MILLIS);
        return settings;
    }

    private static Map<String, Object> connection(Map<String, Object> configured) {
        Map<String, Object> settings = new HashMap<>(configured);
        settings.put(REQUEST_TIMEOUT_MS_CONFIG, FIVE_SECONDS_MILLIS);
        settings.put(SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, FIVE_SECONDS_MILLIS);
        settings.put(SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, FIVE_SECONDS_MILLIS);
        settings.put(RECONNECT_BACKOFF_MAX_MS_CONFIG, SECOND);
        settings.put(RETRY_BACKOFF_MAX_MS_CONFIG, SECOND);
        return settings;
    }
}
