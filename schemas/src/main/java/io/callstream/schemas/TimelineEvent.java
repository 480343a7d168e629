package io.callstream.schemas;

/**
 * An event of a call, once and in lifecycle order: the value of a record in {@link Topics#TIMELINE}.
 *
 * @param event the event as it is in {@link Topics#EVENTS}; never {@code null}
 * @param timeline the event's place in the timeline; never {@code null}
 */
public record TimelineEvent(CallEvent event, Timeline timeline) implements TimelineReading {}
