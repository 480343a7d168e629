package io.callstream.gateway.journal;

import java.util.Locale;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/** The settings and health indicators of the journal, for both of its forms. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(JournalProperties.class)
public class JournalConfiguration {

    /** Up while the journal is {@link Journal#accepting}, otherwise out of service. */
    @Bean
    ReactiveHealthIndicator journalHealthIndicator(Journal journal, JournalProperties properties) {
        return () -> Mono.fromSupplier(() -> {
            Backlog backlog = journal.backlog();
            String trouble = journal.trouble();
            Health.Builder health =
                    trouble == null ? Health.up() : Health.outOfService().withDetail("trouble", trouble);
            return health.withDetail("form", name(properties.form()))
                    .withDetail("restsOn", name(journal.durability()))
                    .withDetail("records", backlog.records())
                    .withDetail("bytes", backlog.bytes())
                    .withDetail("oldestAge", backlog.oldestAge().toString())
                    .build();
        });
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Down while a thread of the journal is stuck. Only a restart helps then. */
    @Bean
    ReactiveHealthIndicator journalThreadsHealthIndicator(Journal journal) {
        return () -> Mono.fromSupplier(() -> {
            String stuck = journal.stuckThread();
            return stuck == null
                    ? Health.up().build()
                    : Health.down()
                            .withDetail("stuck", stuck)
                            .withDetail("do", "Restart the gateway. If this comes again, check the journal's disk.")
                            .build();
        });
    }
}
