package io.callstream.gateway.journal.queue;

import io.callstream.gateway.journal.JournaledRecord;

/**
 * A record in memory: appended in this run, or fetched from disk to be published.
 *
 * @param append the append that the record belongs to; {@link Append#NOBODY} if it was fetched
 * @param appendedAt by the journal's clock, in nanoseconds
 * @param size the bytes that count against the journal's memory
 */
public record Entry(JournaledRecord record, Append append, long appendedAt, int size) {}
