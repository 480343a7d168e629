package io.callstream.timeline.streams;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * The settings of the timeline. An unknown one in a file or an argument stops the start: a misspelt limit would otherwise
 * be ignored.
 *
 * @param enabled whether the standalone run starts the timeline
 * @param waitFor how long an event waits for those that belong before it. 0s to 60s.
 * @param orphanAfter how long after its last status a call without a bill is an orphan. 1m to 7d.
 * @param retention how long after its last event a call is remembered, and its state kept. 1h to 30d.
 * @param commitInterval how often results are committed; a consumer sees them then. 10ms to 10s.
 * @param maxSize the memory for the calls that are remembered; past it the oldest are forgotten early. 16MB to 1TB.
 * @param folder where Kafka Streams keeps its lock and its identity; nothing in it is needed after a loss
 * @param companies topics that get the timeline of one company besides, by the company's code
 */
@ConfigurationProperties(prefix = "callstream.timeline", ignoreUnknownFields = false)
public record TimelineProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("2s") Duration waitFor,
        @DefaultValue("6h") Duration orphanAfter,
        @DefaultValue("24h") Duration retention,
        @DefaultValue("50ms") Duration commitInterval,
        @DefaultValue("256MB") DataSize maxSize,
        @Nullable Path folder,
        @DefaultValue Map<String, String> companies) {

    /** Checks the ranges. */
    public TimelineProperties {
        check("wait-for", waitFor, Duration.ZERO, Duration.ofSeconds(60), "Set it between 0s and 60s.");
        check("orphan-after", orphanAfter, Duration.ofMinutes(1), Duration.ofDays(7), "Set it between 1m and 7d.");
        check("retention", retention, Duration.ofHours(1), Duration.ofDays(30), "Set it between 1h and 30d.");
        check(
                "commit-interval",
                commitInterval,
                Duration.ofMillis(10),
                Duration.ofSeconds(10),
                "Set it between 10ms and 10s.");
        if (maxSize.compareTo(DataSize.ofMegabytes(16)) < 0 || maxSize.compareTo(DataSize.ofTerabytes(1)) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.timeline.max-size", maxSize, "Set it between 16MB and 1TB.");
        }
        companies = Map.copyOf(companies);
    }

    private static void check(String name, Duration value, Duration least, Duration most, String fix) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new InvalidConfigurationPropertyValueException("callstream.timeline." + name, value, fix);
        }
    }
}
