package io.callstream.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A producer that sends from memory as fast as Kafka acknowledges, with the same limit of records in flight as the
 * gateway. It is the upper bound for any program that writes to this Kafka. Every 100 ms it prints the number of
 * records that Kafka acknowledged.
 */
public final class BareProducer {

    private static final int IN_FLIGHT = 512;
    /** The average size of a call's event. */
    private static final int VALUE_BYTES = 900;

    private BareProducer() {}

    @SuppressWarnings("FutureReturnValueIgnored") // The callback counts the result.
    public static void main(String[] arguments) throws InterruptedException {
        byte[] value = new byte[VALUE_BYTES];
        ThreadLocalRandom.current().nextBytes(value);
        Semaphore room = new Semaphore(IN_FLIGHT);
        LongAdder acknowledged = new LongAdder();
        Thread reporter = new Thread(() -> {
            while (true) {
                System.out.println(acknowledged.sum());
                try {
                    Thread.sleep(100);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        reporter.setDaemon(true);
        reporter.start();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                arguments[0],
                "acks",
                "all",
                "enable.idempotence",
                true,
                "max.in.flight.requests.per.connection",
                1,
                "linger.ms",
                0);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long i = 0; ; i++) {
                room.acquire();
                byte[] key = Long.toString(i / 3).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(arguments[1], key, value), (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged.increment();
                    }
                    room.release();
                });
            }
        }
    }
}
