package io.callstream.gateway.relay;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import reactor.kafka.sender.SenderOptions;

/**
 * Has a producer send nothing more once a send has failed.
 *
 * <p>Whatever the layers above do about an error, they do it on another thread, and until then the producer would go on
 * to the next batch of the same key. So it is closed where the failure is seen first: on its own I/O thread, before that
 * sends again. What else is pending fails only after this failure has been told.
 */
public final class StopAtFailure implements ProducerInterceptor<byte[], byte[]> {

    private static final String PRODUCER = "callstream.producer";

    @SuppressWarnings("NullAway.Init") // Kafka configures it before anything else.
    private AtomicReference<@Nullable Producer<?, ?>> producer;

    /** Has every producer that is made from the options stop so. */
    static SenderOptions<byte[], byte[]> in(SenderOptions<byte[], byte[]> options) {
        AtomicReference<@Nullable Producer<?, ?>> producer = new AtomicReference<>();
        return options.producerProperty(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG, StopAtFailure.class.getName())
                .producerProperty(PRODUCER, producer)
                .producerListener(new SenderOptions.ProducerListener() {
                    @Override
                    public void producerAdded(String id, Producer<?, ?> added) {
                        producer.set(added);
                    }
                });
    }

    @Override
    @SuppressWarnings("unchecked")
    public void configure(Map<String, ?> settings) {
        producer = (AtomicReference<@Nullable Producer<?, ?>>) Objects.requireNonNull(settings.get(PRODUCER));
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        return record;
    }

    @Override
    public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        Producer<?, ?> failed = producer.get();
        if (failure != null && failed != null) {
            failed.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {}
}
