package io.callstream.gateway.journal.queue;

import io.callstream.gateway.journal.JournaledRecord;

/**
 * A record in memory, there to be published or fetched from disk for it.
 *
 * @param append who waits for it
 * @param appendedAt by the journal's clock, in nanoseconds
 * @param size bytes to count against the journal's memory
 */
public record Entry(JournaledRecord record, Append append, long appendedAt, int size) {}
