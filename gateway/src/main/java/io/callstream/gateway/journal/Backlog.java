package io.callstream.gateway.journal;

import java.time.Duration;

/**
 * The unpublished records of a journal at one moment.
 *
 * @param records the number of records
 * @param bytes the bytes that count against the journal's size limit; on disk, a segment counts until it is deleted
 * @param oldestAge how long ago the oldest record was appended; zero if there is none
 * @param stalledFor how long this record has been the oldest; zero if there is none. It stays short while a backlog
 *     drains.
 * @param handedOut how many of the records are handed out to the relay
 * @param handedOutBytes bytes of the keys, headers and values of the records that are handed out
 * @param appended how many records were appended since the start
 * @param published how many records Kafka has acknowledged since the start. It is {@code appended - records}, and more
 *     by the records of earlier runs.
 */
public record Backlog(
        long records,
        long bytes,
        Duration oldestAge,
        Duration stalledFor,
        int handedOut,
        long handedOutBytes,
        long appended,
        long published) {}
