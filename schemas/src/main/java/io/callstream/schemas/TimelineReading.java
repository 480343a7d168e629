package io.callstream.schemas;

/**
 * The result of reading a record of {@link Topics#TIMELINE}: an event with its place, an orphan, or an
 * {@link Unreadable}. An unreadable record is a value, not an exception, so that one bad record does not stop a
 * consumer.
 */
public sealed interface TimelineReading permits TimelineEvent, OrphanEvent, Unreadable {}
