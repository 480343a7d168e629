package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournalProperties;
import io.callstream.gateway.journal.files.FolderStorage;
import io.callstream.gateway.metrics.GatewayMetrics;
import java.io.IOException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Creates the journal on disk, unless {@code callstream.journal.form} is {@code memory}. */
@Configuration(proxyBeanMethods = false)
@Conditional(DiskJournalConfiguration.NotInMemory.class)
public class DiskJournalConfiguration {

    /** Bytes. The journal's memory limit is an eighth of the heap, within these bounds. */
    private static final int LEAST_MEMORY = 8 << 20;

    private static final int MOST_MEMORY = 32 << 20;

    private static final long LARGEST_SEGMENT = 64 << 20;
    private static final int SEGMENTS = 16;

    @Bean
    Journal journal(JournalProperties properties, GatewayMetrics metrics) throws IOException {
        FolderStorage folder =
                FolderStorage.of(properties.folder().toAbsolutePath().normalize());
        try {
            DiskJournal journal = new DiskJournal(folder, limits(properties), Threads.real(), metrics);
            metrics.journal(
                    properties.bytes(),
                    () -> journal.backlog().records(),
                    () -> journal.backlog().bytes(),
                    () -> journal.backlog().oldestAge(),
                    () -> journal.backlog().appended(),
                    () -> journal.backlog().published());
            return journal;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static Limits limits(JournalProperties properties) {
        long memory = Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 8);
        return new Limits(
                properties.bytes(),
                Math.min(LARGEST_SEGMENT, properties.bytes() / SEGMENTS),
                (int) Math.min(MOST_MEMORY, memory),
                properties.freeSpaceFloor().toBytes(),
                properties.kafkaWithin(),
                properties.answersWithin());
    }

    /**
     * Not {@code havingValue = "disk"}, because {@link JournalProperties} has to reject all values except the two
     * forms.
     */
    static final class NotInMemory extends NoneNestedConditions {

        NotInMemory() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty(name = "callstream.journal.form", havingValue = "memory")
        static final class InMemory {}
    }
}
