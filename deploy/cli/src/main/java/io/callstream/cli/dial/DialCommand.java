package io.callstream.cli.dial;

import io.callstream.cli.Exit;
import io.callstream.cli.Fault;
import io.callstream.cli.GatewayOption;
import io.callstream.cli.Interrupt;
import io.callstream.cli.KafkaOption;
import io.callstream.cli.Screen;
import io.callstream.dialler.GatewayAddress;
import io.callstream.dialler.Ledger;
import io.callstream.dialler.Plan;
import io.callstream.dialler.Platform;
import io.callstream.dialler.Tally;
import io.callstream.dialler.TimelineLedger;
import io.callstream.dialler.Witness;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code callstream dial}: plays a campaign at a gateway. */
@Command(
        name = "dial",
        description =
                "Posts the callbacks of a predictive campaign to a gateway, as the platform does: some calls connect, agents"
                        + " answer, talk and hang up, and bills follow. Without options of a campaign it runs with --calls 5"
                        + " --speed 30 --watch --verify; these read Kafka, so a URL needs --kafka, too.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream dial",
            "  callstream dial --calls 20 --verify",
            "  callstream dial --callbacks 100000 --rate max --form urlencoded --verify",
            "  callstream dial http://gw:8080 --secret S --rate 200 --for 10m --both-legs --drift --repeats 2",
            "  callstream dial --calls 1000 --rate 500 --json | jq .latencyMillis.p99"
        })
public final class DialCommand implements Callable<Integer> {

    /** The calls of a run without arguments: few, so that a new user sees the result within seconds. */
    private static final long FEW = 5;

    private static final double QUICK = 30;

    private static final double PERCENT = 100;
    private static final String MAX = "max";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            defaultValue = GatewayOption.LOCAL,
            description = "The gateway (default: ${DEFAULT-VALUE}).")
    private String url = GatewayOption.LOCAL;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @ArgGroup(validate = false, heading = "%nLength of the campaign:%n")
    private DialOptions.Extent extent = new DialOptions.Extent();

    @ArgGroup(validate = false, heading = "%nPosting:%n")
    private DialOptions.Posting posting = new DialOptions.Posting();

    @ArgGroup(validate = false, heading = "%nBehaviour of the platform:%n")
    private DialOptions.Platform behaviour = new DialOptions.Platform();

    @ArgGroup(validate = false, heading = "%nVerification and output:%n")
    private DialOptions.Result result = new DialOptions.Result();

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Override
    public Integer call() {
        GatewayAddress address = gateway.address(url);
        if (isBare()) {
            extent.calls = FEW;
            posting.speed = QUICK;
            result.watch = true;
            result.verify = true;
        }
        Plan plan = plan();
        if (posting.connections < 1 || posting.connections > 4096) {
            throw wrong("--connections is %d. Set it between 1 and 4096.".formatted(posting.connections));
        }
        Duration timeout = positive("--timeout", posting.timeout);
        Duration patience = positive("--patience", result.patience);
        long end = extent.time == null
                ? Long.MAX_VALUE
                : System.nanoTime() + positive("--for", extent.time).toNanos();
        BooleanSupplier goingOn = () -> !Interrupt.isRaised() && (end == Long.MAX_VALUE || System.nanoTime() - end < 0);
        Tally tally = new Tally();
        Ledger.@Nullable Verdict verdict = null;
        TimelineLedger.@Nullable Verdict timeline = null;
        try (Platform platform = new Platform(address, posting.form, posting.connections, timeout);
                Watching watching = result.watch
                        ? Watching.begin(kafka, command.commandLine().getOut())
                        : Watching.NOTHING) {
            if (result.verify) {
                try (Verification verification = new Verification(kafka, patience)) {
                    play(platform, plan, tally, verification.witness(), goingOn);
                    if (!Interrupt.isRaised()) {
                        boolean isSure = tally.unanswered() == 0
                                && tally.refused().keySet().stream().allMatch(status -> status < 500);
                        verdict = verification.conclude(tally.accepted(), isSure, () -> !Interrupt.isRaised());
                        timeline = verification.timeline();
                    }
                }
            } else {
                play(platform, plan, tally, Witness.NOBODY, goingOn);
            }
            watching.end();
        }
        Summary summary = new Summary(address, plan, tally, verdict, timeline);
        PrintWriter out = command.commandLine().getOut();
        if (result.json) {
            out.println(summary.json());
        } else {
            out.print(summary.text());
            if (result.plot) {
                out.print(summary.plot());
            }
        }
        out.flush();
        return summary.isClean() ? Exit.OK : Exit.WRONG;
    }

    /** Whether only the gateway, Kafka or both are named, or nothing: this runs a small campaign and shows its events. */
    private boolean isBare() {
        List<ArgSpec> given = command.commandLine().getParseResult().matchedArgs();
        boolean namesCampaign = given.stream().anyMatch(argument -> argument.group() != null);
        if (kafka.isGiven() && namesCampaign && !result.verify && !result.watch) {
            throw wrong("--kafka is used by --verify and --watch only. Add one of them, or leave --kafka out.");
        }
        return !namesCampaign && (kafka.isGiven() || given.stream().noneMatch(ArgSpec::isPositional));
    }

    private void play(Platform platform, Plan plan, Tally tally, Witness witness, BooleanSupplier goingOn) {
        if (!platform.isReachable()) {
            throw new Fault("No gateway listens at %s. Start one there, or give another address."
                    .formatted(gateway.address(url).authority()));
        }
        if (result.json || result.watch || !Screen.isTerminal()) {
            platform.play(plan, tally, witness, goingOn);
            return;
        }
        Progress progress = new Progress(plan, tally);
        try {
            platform.play(plan, tally, witness, goingOn);
        } finally {
            progress.end();
        }
    }

    private Plan plan() {
        long mostCallbacks = extent.callbacks == null ? Long.MAX_VALUE : positive("--callbacks", extent.callbacks);
        boolean otherwiseBounded = extent.callbacks != null || extent.time != null;
        long mostCalls =
                extent.calls != null ? positive("--calls", extent.calls) : otherwiseBounded ? Long.MAX_VALUE : 50;
        if (result.verify && mostCallbacks > Verification.MOST_CALLBACKS) {
            if (extent.callbacks != null) {
                throw wrong("--verify can remember at most %,d callbacks. Send fewer."
                        .formatted(Verification.MOST_CALLBACKS));
            }
            mostCallbacks = Verification.MOST_CALLBACKS;
        }
        double perSecond;
        try {
            perSecond = posting.rate.equalsIgnoreCase(MAX) ? 0 : Double.parseDouble(posting.rate);
        } catch (NumberFormatException e) {
            throw wrong(
                    "--rate is \"%s\". Set it to a number of callbacks per second, or to max.".formatted(posting.rate));
        }
        if (perSecond < 0 || perSecond > 1_000_000 || Double.isNaN(perSecond)) {
            throw wrong("--rate is %s. Set it above 0, or to max.".formatted(posting.rate));
        }
        if (!(posting.speed >= 0.1 && posting.speed <= 1000)) {
            throw wrong("--speed is %s. Set it between 0.1 and 1000.".formatted(posting.speed));
        }
        return new Plan(
                behaviour.seed == null ? ThreadLocalRandom.current().nextInt(1, 1_000_000) : behaviour.seed,
                mostCalls,
                mostCallbacks,
                perSecond,
                perSecond == 0 ? 1 : posting.speed,
                behaviour.bursts,
                behaviour.bothLegs,
                behaviour.drift,
                share("--repeats", behaviour.repeats),
                share("--disorder", behaviour.disorder),
                share("--missing", behaviour.missing));
    }

    private long positive(String option, long value) {
        if (value < 1) {
            throw wrong("%s is %d. Set it to 1 or more.".formatted(option, value));
        }
        return value;
    }

    private double share(String option, double percent) {
        if (!(percent >= 0 && percent <= PERCENT)) {
            throw wrong("%s is %s. Set it to per cent, between 0 and 100.".formatted(option, percent));
        }
        return percent / PERCENT;
    }

    private Duration positive(String option, Duration time) {
        if (time.isZero()) {
            throw wrong("%s is 0. Set a longer time.".formatted(option));
        }
        return time;
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }
}
