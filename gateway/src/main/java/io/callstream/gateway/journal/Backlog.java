package io.callstream.gateway.journal;

import java.time.Duration;

/**
 * What waits in a journal for Kafka.
 *
 * @param records how many
 * @param bytes what they cost of the journal's limit
 * @param oldestAge how long the oldest has been waiting, zero when none does
 * @param stalledFor how long the oldest has been the oldest, zero when none waits: while a backlog drains it stays short
 * @param handedOut how many of the records are handed out to be published
 * @param handedOutBytes their keys', headers' and values'
 */
public record Backlog(
        long records, long bytes, Duration oldestAge, Duration stalledFor, int handedOut, long handedOutBytes) {}
