package io.callstream.schemas;

/**
 * The result of reading a record of {@link Topics#EVENTS} or {@link Topics#TASKS}: an {@link Event}, or an
 * {@link Unreadable}. An unreadable record is a value, not an exception, so that one bad record does not stop a
 * consumer.
 */
public sealed interface Reading permits Event, Unreadable {}
