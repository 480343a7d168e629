package io.callstream.gateway.relay;

import static org.apache.kafka.clients.producer.ProducerConfig.*;

import java.util.HashMap;
import java.util.Map;

/**
 * What the promises demand of the Kafka clients, put over whatever {@code spring.kafka.*} says of brokers and security.
 *
 * <p>No record is ever given up: with a finite delivery time-out a paused cluster put up to 40 % of the records out of
 * order. Idempotence and one request in flight keep the order through the client's own retries.
 */
final class ClientSettings {

    /** Healing is to be seen in seconds, so no single request or connection is waited for longer. */
    private static final int SECONDS_5 = 5_000;

    private static final int SECOND = 1_000;
    private static final int MINUTE = 60_000;

    /** Above the largest record that a topic is likely to take, so that only the topic's own limit decides. */
    private static final int LARGEST_REQUEST = 16 << 20;

    /** Batches in which a record alone takes less than half of the space. */
    private static final int BUFFER_PER_BYTE = 2;

    private static final long SMALLEST_BUFFER = 32L << 20;

    private ClientSettings() {}

    /** @param inFlight the most bytes of records that are handed to the producer and not acknowledged */
    static Map<String, Object> producer(Map<String, Object> springs, long inFlight) {
        Map<String, Object> settings = connection(springs);
        settings.put(ACKS_CONFIG, "all");
        settings.put(ENABLE_IDEMPOTENCE_CONFIG, true);
        // Not 5, although idempotence is said to keep the order of 5: a broker takes any number for a producer's first
        // one in a partition, so a second batch can pass a first one that came before the leader was ready.
        settings.put(MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(RETRIES_CONFIG, Integer.MAX_VALUE);
        settings.put(DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        // A send that does not know its topic waits for Kafka, on reactor-kafka's own thread, where it holds up nobody
        // else. A run that ends while Kafka is away may repeat what was in flight, one that waits does not. Still it
        // has
        // to end some time: only the next run makes a topic anew that somebody has deleted.
        settings.put(MAX_BLOCK_MS_CONFIG, MINUTE);
        settings.put(BUFFER_MEMORY_CONFIG, Math.max(SMALLEST_BUFFER, BUFFER_PER_BYTE * inFlight + LARGEST_REQUEST));
        settings.put(MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
        // One call, one partition: by the key's hash, whatever else is configured.
        settings.remove(PARTITIONER_CLASS_CONFIG);
        settings.put(PARTITIONER_IGNORE_KEYS_CONFIG, false);
        // Batches form by themselves while a request is on the wire; waiting for more would only delay answers.
        settings.put(LINGER_MS_CONFIG, 0);
        return settings;
    }

    static Map<String, Object> admin(Map<String, Object> springs) {
        Map<String, Object> settings = connection(springs);
        settings.put("default.api.timeout.ms", SECONDS_5);
        return settings;
    }

    private static Map<String, Object> connection(Map<String, Object> springs) {
        Map<String, Object> settings = new HashMap<>(springs);
        settings.put(REQUEST_TIMEOUT_MS_CONFIG, SECONDS_5);
        settings.put(SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, SECONDS_5);
        settings.put(SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, SECONDS_5);
        settings.put(RECONNECT_BACKOFF_MAX_MS_CONFIG, SECOND);
        settings.put(RETRY_BACKOFF_MAX_MS_CONFIG, SECOND);
        return settings;
    }
}
