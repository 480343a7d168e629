package io.callstream.gateway.relay;

import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;
import reactor.kafka.sender.MicrometerProducerListener;
import reactor.kafka.sender.SenderOptions;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({RelayProperties.class, KafkaProperties.class})
public class RelayConfiguration {

    @Bean
    KafkaLink kafkaLink(KafkaProperties kafka) {
        return new KafkaLink(String.join(",", kafka.getBootstrapServers()));
    }

    @Bean
    Relay relay(
            Journal journal,
            KafkaProperties kafka,
            RelayProperties properties,
            KafkaLink link,
            MeterRegistry registry,
            GatewayMetrics metrics,
            Tracing tracing) {
        return new Relay(
                journal,
                new KafkaTopics(ClientSettings.admin(kafka.buildAdminProperties())),
                SenderOptions.<byte[], byte[]>create(ClientSettings.producer(
                                kafka.buildProducerProperties(),
                                properties.window().bytes()))
                        .withKeySerializer(new ByteArraySerializer())
                        .withValueSerializer(new ByteArraySerializer())
                        .producerListener(new MicrometerProducerListener(registry)),
                properties.window(),
                link,
                metrics,
                tracing);
    }

    /** Detail for operators. An unavailable Kafka alone does not make the gateway unready. */
    @Bean
    ReactiveHealthIndicator kafkaHealthIndicator(KafkaLink link) {
        return () -> Mono.fromSupplier(() -> {
            Health.Builder health = link.isUp() ? Health.up() : Health.unknown();
            KafkaTopics.Replication replication = link.replication();
            if (replication != null) {
                health.withDetail("partitions", replication.partitions())
                        .withDetail("replicas", replication.replicas())
                        .withDetail("inSync", replication.inSync())
                        .withDetail("survivesABroker", replication.survivesABroker());
            }
            String trouble = link.trouble();
            return (trouble == null ? health : health.withDetail("trouble", trouble)).build();
        });
    }

    /**
     * Out of service just after a start, until Kafka has answered or is known to be unavailable. Behind a balancer, a
     * callback that is stored only here could otherwise be published after the next one of its call, which another
     * gateway has published at once.
     */
    @Bean
    ReactiveHealthIndicator kafkaContactHealthIndicator(KafkaLink link) {
        return () -> Mono.fromSupplier(() -> link.isKnown()
                ? Health.up().build()
                : Health.outOfService()
                        .withDetail("waits", "Kafka has not answered since the start. This takes 10 s at most.")
                        .build());
    }

    /** Down if the relay publishes nothing although Kafka is well. Then only a restart of the gateway helps. */
    @Bean
    ReactiveHealthIndicator relayProgressHealthIndicator(Relay relay) {
        return () -> Mono.fromSupplier(() -> relay.isStuck()
                ? Health.down()
                        .withDetail("stuck", "The relay publishes nothing although Kafka is well.")
                        .withDetail("do", "Restart the gateway. A journal on disk keeps every record.")
                        .build()
                : Health.up().build());
    }
}
