package io.callstream.gateway.journal;

import io.callstream.gateway.metrics.GatewayMetrics;
import java.io.IOException;
import java.util.Locale;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(JournalProperties.class)
class JournalConfiguration {

    /** The most that a disk journal keeps in memory: an eighth of the heap, within these bounds. */
    private static final int LEAST_MEMORY = 8 << 20;

    private static final int MOST_MEMORY = 32 << 20;

    private static final long LARGEST_SEGMENT = 64 << 20;
    private static final int SEGMENTS = 16;

    @Bean
    Journal journal(JournalProperties properties, GatewayMetrics metrics) throws IOException {
        long bytes = properties.bytes();
        Journal journal = properties.form() == JournalProperties.Form.MEMORY
                ? new MemoryJournal(bytes, properties.answersWithin())
                : onDisk(properties, metrics);
        metrics.journal(
                bytes,
                () -> journal.backlog().records(),
                () -> journal.backlog().bytes(),
                () -> journal.backlog().oldestAge());
        return journal;
    }

    private static Journal onDisk(JournalProperties properties, GatewayMetrics metrics) throws IOException {
        FolderStorage folder =
                FolderStorage.of(properties.folder().toAbsolutePath().normalize());
        try {
            return new DiskJournal(
                    folder,
                    new DiskJournal.Limits(
                            properties.bytes(),
                            Math.min(LARGEST_SEGMENT, properties.bytes() / SEGMENTS),
                            memory(),
                            properties.freeSpaceFloor().toBytes(),
                            properties.syncsAfter(),
                            properties.answersWithin()),
                    Threads.real(),
                    metrics);
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static int memory() {
        return (int) Math.min(
                MOST_MEMORY, Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 8));
    }

    /** Ready is whoever can make a durable copy. */
    @Bean
    ReactiveHealthIndicator journalHealthIndicator(Journal journal, JournalProperties properties) {
        return () -> Mono.fromSupplier(() -> {
            Backlog backlog = journal.backlog();
            String trouble = journal.trouble();
            Health.Builder health =
                    trouble == null ? Health.up() : Health.outOfService().withDetail("trouble", trouble);
            return health.withDetail("form", properties.form().name().toLowerCase(Locale.ROOT))
                    .withDetail("restsOn", journal.restsOn())
                    .withDetail("records", backlog.records())
                    .withDetail("bytes", backlog.bytes())
                    .withDetail("oldestAge", backlog.oldestAge().toString())
                    .build();
        });
    }

    /** Down when one of the journal's threads is stuck: only a restart helps then. */
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
