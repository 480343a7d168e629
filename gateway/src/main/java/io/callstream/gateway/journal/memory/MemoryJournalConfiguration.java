package io.callstream.gateway.journal.memory;

import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournalProperties;
import io.callstream.gateway.metrics.GatewayMetrics;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the journal in memory, if {@code callstream.journal.form} is {@code memory}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "callstream.journal.form", havingValue = "memory")
public class MemoryJournalConfiguration {

    @Bean
    Journal journal(JournalProperties properties, GatewayMetrics metrics) {
        MemoryJournal journal = new MemoryJournal(properties.bytes(), properties.answersWithin());
        metrics.journal(
                properties.bytes(),
                () -> journal.backlog().records(),
                () -> journal.backlog().bytes(),
                () -> journal.backlog().oldestAge(),
                () -> journal.backlog().appended(),
                () -> journal.backlog().published());
        return journal;
    }
}
