package io.callstream.gateway.journal;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * The journal's limits.
 *
 * @param maxSize the most that may wait for Kafka; past it callbacks are answered 503. 8 MB (room for the largest body) to 1 GB.
 * @param answerWithin how long an answer waits for Kafka before it is 503. 20 ms to 2 s.
 */
@ConfigurationProperties("callstream.journal")
record JournalProperties(
        @DefaultValue("64MB") DataSize maxSize,
        @DefaultValue("500ms") Duration answerWithin) {

    JournalProperties {
        if (maxSize.compareTo(DataSize.ofMegabytes(8)) < 0 || maxSize.compareTo(DataSize.ofGigabytes(1)) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.journal.max-size", maxSize, "Set it between 8MB and 1GB.");
        }
        if (answerWithin.toMillis() < 20 || answerWithin.toMillis() > 2000) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.journal.answer-within", answerWithin, "Set it between 20ms and 2s.");
        }
    }
}
