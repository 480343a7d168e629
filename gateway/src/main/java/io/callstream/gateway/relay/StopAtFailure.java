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
 * Closes a producer when one of its sends fails, so that it sends nothing more.
 *
 * <p>The layers above handle the error on another thread. Until then, the producer would send the next batch of the
 * same key. So this interceptor closes the producer on the producer's own I/O thread, which sees the failure first and
 * has not yet sent again. The other pending records fail only after this failure was reported.
 */
public final class StopAtFailure implements ProducerInterceptor<byte[], byte[]> {

    private static final String PRODUCER = "callstream.producer";

    @SuppressWarnings("NullAway.Init") // Kafka calls configure before any other method.
    private AtomicReference<@Nullable Producer<?, ?>> producer;

    /** Returns the options with this interceptor, for every producer that is created from them. */
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
