package io.callstream.dialler;

import java.time.Duration;

/**
 * What is to be played.
 *
 * @param seed the same seed gives the same calls, but for their date
 * @param calls numbers to dial
 * @param callbacks the most callbacks to post
 * @param rate callbacks a second on average, once the first calls have ended; 0 for as fast as they are answered
 * @param speed how much faster than in life a call passes
 * @param bursts bills leave the platform together, once in so long of the calls' time; zero for each at once
 * @param bothLegs the customer's leg reports too, not only the agent's
 * @param drift calls in the spellings of several of the platform's versions
 * @param repeats the share of callbacks that are posted twice
 * @param disorder the share that change places with the next of their call
 * @param missing the share of status callbacks that are never posted
 */
public record Plan(
        long seed,
        long calls,
        long callbacks,
        double rate,
        double speed,
        Duration bursts,
        boolean bothLegs,
        boolean drift,
        double repeats,
        double disorder,
        double missing) {

    /** As fast as they are answered, and nothing odd. */
    public static Plan asFastAsAnswered(long seed, long callbacks) {
        return new Plan(seed, Long.MAX_VALUE, callbacks, 0, 1, Duration.ZERO, false, false, 0, 0, 0);
    }

    /** So many a second, evenly, and nothing odd. */
    public static Plan atRate(long seed, double rate, long callbacks) {
        return new Plan(seed, Long.MAX_VALUE, callbacks, rate, 1000, Duration.ZERO, false, false, 0, 0, 0);
    }

    public boolean isAsFastAsAnswered() {
        return rate == 0;
    }
}
