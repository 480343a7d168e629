package io.callstream.timeline.rules;

/**
 * An event that waits for those before it.
 *
 * @param since the {@link Moment#patience()} when it came
 * @param at the {@link Moment#callTime()} when it came
 */
record Held(Arrival arrival, long since, long at) {}
