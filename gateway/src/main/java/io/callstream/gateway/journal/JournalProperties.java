package io.callstream.gateway.journal;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * The journal's settings: where it stores records until Kafka acknowledges them, and its limits.
 *
 * @param form {@code disk}, or {@code memory} for a gateway without a disk of its own
 * @param folder the folder of the disk form. Each gateway needs its own.
 * @param maxSize the size limit of the journal; beyond it callbacks are answered 503. On disk 1 GB unless set, 8 MB
 *     (room for the largest body) to 1 TB; in memory 64 MB unless set, 8 MB to 1 GB.
 * @param freeSpaceFloor the bytes of the disk that must stay free; below it callbacks are answered 503. 0 to 1 TB.
 * @param syncAfter how long the oldest record waits for Kafka's acknowledgement before the disk form fsyncs it:
 *     {@code auto}, which is 300 ms, or 0 s to 1 s. If the topics are not replicated, a record never waits.
 * @param answerWithin how long a callback waits before it is answered 503. 20 ms to 2 s. Unless set, 500 ms in memory;
 *     1.5 s on disk, where only a disk that hangs takes so long.
 */
@ConfigurationProperties("callstream.journal")
public record JournalProperties(
        @DefaultValue("disk") Form form,
        @DefaultValue("callstream-journal") Path folder,
        @Nullable DataSize maxSize,
        @DefaultValue("256MB") DataSize freeSpaceFloor,
        @DefaultValue("auto") String syncAfter,
        @Nullable Duration answerWithin) {

    private static final Duration LONGEST_SYNC = Duration.ofSeconds(1);

    /** Where the records are stored. */
    public enum Form {
        DISK,
        MEMORY
    }

    public JournalProperties {
        DataSize largest = form == Form.DISK ? DataSize.ofTerabytes(1) : DataSize.ofGigabytes(1);
        if (maxSize != null && (maxSize.compareTo(DataSize.ofMegabytes(8)) < 0 || maxSize.compareTo(largest) > 0)) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.journal.max-size",
                    maxSize,
                    "Set it between 8MB and %dGB.".formatted(largest.toGigabytes()));
        }
        if (freeSpaceFloor.isNegative() || freeSpaceFloor.compareTo(DataSize.ofTerabytes(1)) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.journal.free-space-floor", freeSpaceFloor, "Set it between 0 and 1TB.");
        }
        if (answerWithin != null && (answerWithin.toMillis() < 20 || answerWithin.toMillis() > 2000)) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.journal.answer-within", answerWithin, "Set it between 20ms and 2s.");
        }
        syncAfter(syncAfter);
    }

    /** {@link #maxSize()} in bytes, or its default. */
    public long bytes() {
        DataSize preset = form == Form.DISK ? DataSize.ofGigabytes(1) : DataSize.ofMegabytes(64);
        return (maxSize == null ? preset : maxSize).toBytes();
    }

    /** {@link #answerWithin()}, or its default. */
    public Duration answersWithin() {
        return answerWithin == null ? Duration.ofMillis(form == Form.DISK ? 1500 : 500) : answerWithin;
    }

    /** {@link #syncAfter()} as a duration. */
    public Duration kafkaWithin() {
        return syncAfter(syncAfter);
    }

    private static Duration syncAfter(String setting) {
        if (setting.equals("auto")) {
            return Duration.ofMillis(300);
        }
        Duration found;
        try {
            found = DurationStyle.detectAndParse(setting);
        } catch (IllegalArgumentException e) {
            found = null;
        }
        if (found == null || found.isNegative() || found.compareTo(LONGEST_SYNC) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.journal.sync-after", setting, "Set it to auto, or between 0s and 1s.");
        }
        return found;
    }
}
