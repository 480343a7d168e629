package io.callstream.gateway.relay;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import reactor.kafka.sender.SenderOptions;
import reactor.kafka.sender.internals.ProducerFactory;

/**
 * A producer that sends nothing more once a send has failed.
 *
 * <p>Whatever the layers above do about an error, they do it on another thread, and until then this producer would go on
 * to the next batch of the same key. So it is closed where the failure is seen first: in its own I/O thread, before that
 * sends again.
 */
final class StoppingProducer extends KafkaProducer<byte[], byte[]> {

    private StoppingProducer(Map<String, Object> settings) {
        super(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
        return super.send(record, (metadata, failure) -> {
            try {
                // First, because closing fails whatever else is pending, and this failure is the one to be told.
                if (callback != null) {
                    callback.onCompletion(metadata, failure);
                }
            } finally {
                if (failure != null) {
                    close(Duration.ZERO);
                }
            }
        });
    }

    /** Has reactor-kafka use it. */
    static final class Factory extends ProducerFactory {

        @Override
        @SuppressWarnings("unchecked") // The relay's senders are all of bytes.
        public <K, V> Producer<K, V> createProducer(SenderOptions<K, V> options) {
            return (Producer<K, V>) new StoppingProducer(options.producerProperties());
        }
    }
}
