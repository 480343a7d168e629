package io.callstream.schemas;

/**
 * What a record of {@link Topics#EVENTS} or {@link Topics#TASKS} turned out to hold: an {@link Event}, or something that
 * this version cannot read. Never an exception, so that one bad record does not hold up those behind it.
 */
public sealed interface Reading permits Event, Unreadable {}
