package io.callstream.gateway.journal;

/**
 * A record at its place in the journal.
 *
 * @param sequence ascending, with gaps where a start or damage made one; names the record within {@link Journal#id()}
 */
public record JournaledRecord(long sequence, JournalRecord record) {}
