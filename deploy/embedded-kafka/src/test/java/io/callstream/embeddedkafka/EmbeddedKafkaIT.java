package io.callstream.embeddedkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedKafkaIT {

    @TempDir
    Path folder;

    @Test
    void whatItAcceptedIsThereAfterARestart() throws Exception {
        int port = EmbeddedKafka.freePort();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, port, fatal -> {});
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
            producer.send(new ProducerRecord<>("t", "key", "value")).get();
        }

        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, port, fatal -> {});
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            TopicPartition partition = new TopicPartition("t", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            assertThat(consumer.poll(Duration.ofSeconds(20)))
                    .singleElement()
                    .satisfies(record -> assertThat(record.value()).isEqualTo("value"));
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, other.getLocalPort(), fatal -> {}))
                    .isInstanceOfSatisfying(
                            EmbeddedKafka.PortTakenException.class,
                            taken -> assertThat(taken.port()).isEqualTo(other.getLocalPort()));
        }
    }

    @Test
    void aSecondBrokerOnTheSameFolderIsRefused() throws Exception {
        try (EmbeddedKafka first = EmbeddedKafka.start(folder, EmbeddedKafka.freePort(), fatal -> {})) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, EmbeddedKafka.freePort(), fatal -> {}))
                    .isInstanceOf(EmbeddedKafka.FolderTakenException.class)
                    .hasMessageContaining(folder.toString());
            assertThat(first.bootstrapServers()).startsWith("127.0.0.1:");
        }
    }
}
