package io.callstream.dialler;

import java.time.Duration;

/**
 * The settings of a campaign.
 *
 * @param seed the same seed gives the same calls, except for their dates
 * @param calls the number of calls to dial
 * @param callbacks the maximum number of callbacks to post
 * @param rate callbacks per second on average, after the first calls have ended; 0 means as fast as they are answered
 * @param speed how many times faster than in reality a call is played
 * @param bursts the interval, in the calls' time, at which the platform sends all bills that are ready; zero sends each
 *     immediately
 * @param bothLegs whether the customer's leg also reports, not only the agent's
 * @param drift whether the calls use the dialects of several versions of the platform
 * @param repeats the share of callbacks that are posted twice, 0 to 1
 * @param disorder the share of callbacks that change places with the next one of their call, 0 to 1
 * @param missing the share of status callbacks that are not posted, 0 to 1
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

    /** Posts as fast as the gateway answers, without faults. */
    public static Plan asFastAsAnswered(long seed, long callbacks) {
        return new Plan(seed, Long.MAX_VALUE, callbacks, 0, 1, Duration.ZERO, false, false, 0, 0, 0);
    }

    /** Posts at a rate, in callbacks per second, without faults. */
    public static Plan atRate(long seed, double rate, long callbacks) {
        return new Plan(seed, Long.MAX_VALUE, callbacks, rate, 1000, Duration.ZERO, false, false, 0, 0, 0);
    }

    public boolean isAsFastAsAnswered() {
        return rate == 0;
    }
}
