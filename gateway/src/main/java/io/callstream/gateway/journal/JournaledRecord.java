package io.callstream.gateway.journal;

/**
 * A record and its place in the journal.
 *
 * @param sequence ascending, with gaps after a start or damage; identifies the record within {@link Journal#id()}
 */
public record JournaledRecord(long sequence, JournalRecord record) {}
