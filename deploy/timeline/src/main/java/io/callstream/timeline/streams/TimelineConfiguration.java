package io.callstream.timeline.streams;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/** The timeline as beans of an application: its own, or the standalone run. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({TimelineProperties.class, KafkaProperties.class})
@ConditionalOnProperty(name = "callstream.timeline.enabled", matchIfMissing = true)
public class TimelineConfiguration {

    /** Default properties for every application of the timeline: logs of its libraries that would not be true or useful. */
    public static final Map<String, String> LOG_LEVELS =
            // Kafka's clients warn of every failed attempt, and of answers after which they only try again.
            Map.of("logging.level.org.apache.kafka", "error");

    @Bean
    TimelineMetrics timelineMetrics(MeterRegistry registry) {
        return new TimelineMetrics(registry);
    }

    @Bean
    TimelineStreams timelineStreams(KafkaProperties kafka, TimelineProperties properties, TimelineMetrics metrics) {
        Map<String, Object> settings = new HashMap<>(kafka.buildAdminProperties());
        settings.remove(AdminClientConfig.CLIENT_ID_CONFIG);
        return new TimelineStreams(settings, properties, metrics);
    }

    /** Unknown while it does not publish, because that can pass; down if only a restart helps. */
    @Bean
    ReactiveHealthIndicator timelineHealthIndicator(TimelineStreams streams, TimelineMetrics metrics) {
        return () -> Mono.fromSupplier(() -> {
            String trouble = streams.trouble();
            Health.Builder health = trouble == null ? Health.up() : streams.isDead() ? Health.down() : Health.unknown();
            if (trouble != null) {
                health.withDetail("trouble", trouble);
            }
            return health.withDetail("state", streams.state())
                    .withDetail("held", metrics.held())
                    .build();
        });
    }
}
