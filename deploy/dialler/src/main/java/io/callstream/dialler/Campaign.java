package io.callstream.dialler;

import io.callstream.dialler.Call.Course;
import io.callstream.dialler.Call.Dialect;
import io.callstream.dialler.Call.Kind;
import io.callstream.dialler.Call.Parties;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a predictive campaign, in the order in which they are dialled.
 *
 * <pre>
 *   dial ── 2 to 18 s ──► connects (35 %) ──► an agent rings ── 0.5 to 3 s ──► answers ── talk ──► hangup ── bill
 *     └──── 10 to 40 s ─► rings out, is busy, is rejected (65 %) ───────────────────────────────────────────► bill
 * </pre>
 *
 * The first call is always answered. The ratios and times are said to be usual for predictive campaigns to private numbers. The vendor documents none of
 * them.
 */
final class Campaign {

    private static final double CONNECTS = 0.35;
    private static final double AGENT_FAILS = 0.03;
    private static final double MEDIAN_TALK_SECONDS = 35;
    private static final double TALK_SPREAD = 0.9;
    private static final double LONGEST_TALK_SECONDS = 900;
    /** The mean time between two numbers if the plan has no rate: about a thousand calls are in progress at a time. */
    private static final double USUAL_PACE_SECONDS = 0.03;

    private static final int COMPANIES = 3;
    private static final int AGENTS = 40;

    /**
     * The codes of why a number does not connect, each with its share in percent. The codes are the vendor's [seen].
     */
    private static final int[][] FAILURES = {{10016, 45}, {10006, 20}, {10009, 15}, {10003, 12}, {10014, 8}};

    private static final int CUSTOMER_HANGS_UP = 10041;
    private static final int AGENT_HANGS_UP = 10040;
    private static final int NORMAL = 10001;
    private static final int AGENT_DID_NOT_ANSWER = 10005;

    private final Plan plan;
    private final Instant begins;
    private final double pace;
    private final SplittableRandom seeded;
    private long index;
    private double dialledAt;

    /** @param begins the start of the campaign, to which the dates in the callbacks refer */
    Campaign(Plan plan, Instant begins) {
        this.plan = plan;
        this.begins = begins;
        this.seeded = new SplittableRandom(plan.seed());
        this.pace =
                plan.isAsFastAsAnswered() ? USUAL_PACE_SECONDS : callbacksPerCall(plan) / plan.rate() * plan.speed();
    }

    private static double callbacksPerCall(Plan plan) {
        double statuses = CONNECTS * (plan.bothLegs() ? 6 - 2 * AGENT_FAILS / 2 : 3 - AGENT_FAILS);
        return (statuses * (1 - plan.missing()) + 1) * (1 + plan.repeats());
    }

    /** Returns the next call; {@code null} after the last one. */
    @Nullable
    Call next() {
        if (index == plan.calls()) {
            return null;
        }
        SplittableRandom random = seeded.split();
        index++;
        // A dialler dials when agents become free, so the intervals between numbers are random.
        dialledAt += -Math.log(1 - random.nextDouble()) * pace;
        return call(random, dialledAt);
    }

    private Call call(SplittableRandom random, double dialled) {
        // Someone answers the first call, so that a campaign of a few calls, too, shows every kind of callback.
        boolean answered = index == 1;
        boolean connects = random.nextDouble() < CONNECTS || answered;
        double connected = dialled + (connects ? uniform(random, 2, 18) : 0);
        boolean agentAnswers = connects && (random.nextDouble() >= AGENT_FAILS || answered);
        double rings = connected + uniform(random, 0.1, 0.6);
        double answers = rings + uniform(random, 0.5, 3);
        double ends;
        if (agentAnswers) {
            ends = answers + talk(random);
        } else {
            ends = connects ? rings + uniform(random, 8, 15) : dialled + uniform(random, 10, 40);
        }
        List<Call.Callback> callbacks = new ArrayList<>(8);
        if (connects) {
            if (plan.bothLegs()) {
                callbacks.add(status(Kind.RING, true, dialled + 1));
                callbacks.add(status(Kind.ANSWER, true, connected));
            }
            callbacks.add(status(Kind.RING, false, rings));
            if (agentAnswers) {
                callbacks.add(status(Kind.ANSWER, false, answers));
            }
            callbacks.add(status(Kind.HANGUP, false, ends));
            if (plan.bothLegs()) {
                callbacks.add(status(Kind.HANGUP, true, ends + 0.05));
            }
        }
        callbacks.removeIf(status -> random.nextDouble() < plan.missing());
        callbacks.add(new Call.Callback(Kind.BILL, false, nanos(leaves(ends + uniform(random, 0.2, 1.5)))));
        misbehave(random, callbacks);

        // The dates count back from the call's end, which is about when its bill is posted. So a call that is played
        // faster than in reality can start before the campaign.
        Instant dated = plan.isAsFastAsAnswered() ? begins : begins.plus(between(0, ends / plan.speed()));
        boolean customerHangsUp = random.nextDouble() < 0.6;
        Course course = new Course(
                dated.minus(between(dialled, ends)),
                agentAnswers ? dated.minus(between(answers, ends)) : null,
                dated,
                connects,
                customerHangsUp ? CUSTOMER_HANGS_UP : AGENT_HANGS_UP,
                agentAnswers ? NORMAL : connects ? AGENT_DID_NOT_ANSWER : failure(random));
        return new Call(nanos(dialled), parties(random), course, callbacks);
    }

    private static Call.Callback status(Kind kind, boolean customerLeg, double at) {
        return new Call.Callback(kind, customerLeg, nanos(at));
    }

    private static double talk(SplittableRandom random) {
        return Math.min(LONGEST_TALK_SECONDS, MEDIAN_TALK_SECONDS * Math.exp(TALK_SPREAD * random.nextGaussian()));
    }

    private double leaves(double ready) {
        double every = plan.bursts().toMillis() / 1000.0;
        return every == 0 ? ready : Math.ceil(ready / every) * every;
    }

    private void misbehave(SplittableRandom random, List<Call.Callback> callbacks) {
        for (int i = 0; i + 1 < callbacks.size(); i++) {
            if (random.nextDouble() < plan.disorder()) {
                Call.Callback early = callbacks.get(i);
                Call.Callback late = callbacks.get(i + 1);
                callbacks.set(i, new Call.Callback(late.kind(), late.customerLeg(), early.due()));
                callbacks.set(i + 1, new Call.Callback(early.kind(), early.customerLeg(), late.due()));
            }
        }
        int sent = callbacks.size();
        for (int i = 0; i < sent; i++) {
            if (random.nextDouble() < plan.repeats()) {
                Call.Callback first = callbacks.get(i);
                callbacks.add(new Call.Callback(
                        first.kind(), first.customerLeg(), first.due() + nanos(uniform(random, 0.2, 2))));
            }
        }
        callbacks.sort(Comparator.comparingLong(Call.Callback::due));
    }

    private Parties parties(SplittableRandom random) {
        int company = random.nextInt(COMPANIES);
        int agent = random.nextInt(AGENTS);
        Dialect[] dialects = Dialect.values();
        return new Parties(
                uuid(random),
                uuid(random),
                Integer.toString(2028 + company),
                "%d%04d".formatted(2028 + company, 1 + agent),
                Integer.toString(500 + agent),
                // 202-555-0100 to 0199 are reserved for fiction.
                "202555%04d".formatted(100 + random.nextInt(100)),
                "21%d0001".formatted(2028 + company),
                Integer.toString(100_000 + random.nextInt(900_000)),
                plan.drift() ? dialects[random.nextInt(dialects.length)] : Dialect.DOCUMENTED);
    }

    /** A random UUID that is marked as version 1, like the vendor's. */
    private static String uuid(SplittableRandom random) {
        long high = random.nextLong();
        long low = random.nextLong();
        return new UUID((high & ~0xf000L) | 0x1000L, (low & ~0xc000_0000_0000_0000L) | 0x8000_0000_0000_0000L)
                .toString();
    }

    private static int failure(SplittableRandom random) {
        int drawn = random.nextInt(100);
        for (int[] failure : FAILURES) {
            drawn -= failure[1];
            if (drawn < 0) {
                return failure[0];
            }
        }
        return FAILURES[0][0];
    }

    private static double uniform(SplittableRandom random, double from, double to) {
        return from + (to - from) * random.nextDouble();
    }

    private static Duration between(double from, double to) {
        return Duration.ofNanos(nanos(to - from));
    }

    private static long nanos(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }
}
