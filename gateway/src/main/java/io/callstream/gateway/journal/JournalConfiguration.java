package io.callstream.gateway.journal;

import io.callstream.gateway.metrics.GatewayMetrics;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(JournalProperties.class)
class JournalConfiguration {

    @Bean
    Journal journal(JournalProperties properties, GatewayMetrics metrics) {
        Journal journal = new MemoryJournal(properties.maxSize().toBytes(), properties.answerWithin());
        metrics.journal(
                properties.maxSize().toBytes(),
                () -> journal.backlog().records(),
                () -> journal.backlog().bytes(),
                () -> journal.backlog().oldestAge());
        return journal;
    }

    /** Ready is whoever can make a durable copy. */
    @Bean
    ReactiveHealthIndicator journalHealthIndicator(Journal journal) {
        return () -> Mono.fromSupplier(() -> {
            Backlog backlog = journal.backlog();
            return (journal.accepting() ? Health.up() : Health.outOfService())
                    .withDetail("records", backlog.records())
                    .withDetail("bytes", backlog.bytes())
                    .withDetail("oldestAge", backlog.oldestAge().toString())
                    .build();
        });
    }
}
