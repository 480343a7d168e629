package io.callstream.gateway.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.kafka.sender.SenderOptions;

@Timeout(60)
class StopAtFailureIT {

    @Test
    void nothingOfAKeyGoesOutBehindAFailedSend() throws Exception {
        String topic = "stopping-" + UUID.randomUUID();
        String servers = TestBroker.bootstrapServers();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(Map.of("max.message.bytes", "20000"))))
                    .all()
                    .get();
        }
        SenderOptions<byte[], byte[]> options = StopAtFailure.in(
                SenderOptions.create(ClientSettings.producer(Map.of("bootstrap.servers", servers), 1 << 20)));
        AtomicReference<Throwable> first = new AtomicReference<>();
        List<Future<RecordMetadata>> behind = new ArrayList<>();
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                options.producerProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            options.producerListener().producerAdded("producer", producer);
            producer.send(record(topic, "before")).get();
            behind.add(producer.send(
                    record(topic, "x".repeat(30_000)), (metadata, failure) -> first.compareAndSet(null, failure)));
            try {
                for (int i = 0; i < 100; i++) {
                    behind.add(producer.send(
                            record(topic, "behind"), (metadata, failure) -> first.compareAndSet(null, failure)));
                }
            } catch (IllegalStateException | KafkaException closed) {
                // The producer was closed before the loop ended.
            }
            for (Future<RecordMetadata> sent : behind) {
                assertThatThrownBy(sent::get).isInstanceOf(Exception.class);
            }
        }

        assertThat(first.get()).isInstanceOf(RecordTooLargeException.class);
        try (Topic written = new Topic(servers, topic)) {
            assertThat(written.read()).extracting(Topic::value).containsExactly("before");
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String value) {
        return new ProducerRecord<>(topic, "key".getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
