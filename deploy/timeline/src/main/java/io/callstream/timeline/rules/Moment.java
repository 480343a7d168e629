package io.callstream.timeline.rules;

/**
 * A time of a partition, see {@link PartitionClock}.
 *
 * @param callTime in milliseconds since 1970; 0 before the first record of all
 * @param patience the time that counts for a wait, in milliseconds. It has no epoch, and never goes back
 */
public record Moment(long callTime, long patience) {}
