package io.callstream.cli.dial;

import io.callstream.cli.Exit;
import io.callstream.cli.GatewayAddress;
import io.callstream.cli.GatewayOption;
import io.callstream.cli.Interrupt;
import io.callstream.cli.KafkaOption;
import io.callstream.cli.Screen;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code callstream dial}. */
@Command(
        name = "dial",
        description =
                "Plays a predictive campaign at a gateway, as the platform would: numbers are dialled, some connect,"
                        + " agents ring, answer, talk and hang up, bills follow.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream dial --calls 20 --verify",
            "  callstream dial --callbacks 100000 --rate max --form urlencoded --verify",
            "  callstream dial http://gw:8080 --secret S --rate 200 --for 10m --both-legs --drift --repeats 2",
            "  callstream dial --calls 1000 --rate 500 --json | jq .latencyMillis.p99"
        })
public final class DialCommand implements Callable<Integer> {

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

    @Option(
            names = "--calls",
            paramLabel = "N",
            description = "Numbers to dial (default: 50, unless --callbacks or --for).")
    private @Nullable Long calls;

    @Option(names = "--callbacks", paramLabel = "N", description = "Stop after so many callbacks.")
    private @Nullable Long callbacks;

    @Option(names = "--for", paramLabel = "TIME", description = "Stop after so long: 30s, 10m, 1h.")
    private @Nullable String duration;

    @Option(
            names = "--rate",
            paramLabel = "R",
            defaultValue = "10",
            description = "Callbacks a second; or max, as fast as they are answered (default: ${DEFAULT-VALUE}).")
    private String rate = "10";

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "10",
            description = "How much faster than in life a call passes (default: ${DEFAULT-VALUE}).")
    private double speed;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "64",
            description = "At most so many callbacks are under way at a time, 1 to 4096 (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--form",
            defaultValue = "multipart",
            description =
                    "The bodies: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, as documented by the vendor).")
    private BodyForm form = BodyForm.MULTIPART;

    @Option(names = "--both-legs", description = "The customer's leg reports too, not only the agent's.")
    private boolean bothLegs;

    @Option(names = "--drift", description = "Mix the spellings of several of the platform's versions.")
    private boolean drift;

    @Option(names = "--repeats", paramLabel = "PERCENT", defaultValue = "0", description = "Callbacks that come twice.")
    private double repeats;

    @Option(
            names = "--disorder",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Callbacks that change places with their call's next.")
    private double disorder;

    @Option(
            names = "--missing",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Status callbacks never sent.")
    private double missing;

    @Option(
            names = "--bursts",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "Bills leave together, once in so long of the calls' time; 0s for each at once (default:"
                    + " ${DEFAULT-VALUE}).")
    private String bursts = "2s";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "An answer that takes longer is none (default: ${DEFAULT-VALUE}).")
    private String timeout = "5s";

    @Option(names = "--seed", paramLabel = "N", description = "Play the same calls as an earlier run with this seed.")
    private @Nullable Long seed;

    @Option(names = "--verify", description = "Subscribe, and check that nothing is lost and nothing out of order.")
    private boolean verify;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            defaultValue = "15s",
            description = "With --verify: what has not come when nothing more comes for so long is lost (default:"
                    + " ${DEFAULT-VALUE}).")
    private String patience = "15s";

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Option(names = "--watch", description = "Show each event as it comes out of Kafka, whoever posted it.")
    private boolean watch;

    @Option(names = "--plot", description = "Draw how long the answers took.")
    private boolean plot;

    @Option(names = "--json", description = "The summary as JSON, and nothing else.")
    private boolean json;

    @Override
    public Integer call() {
        GatewayAddress address = gateway.address(url);
        Plan plan = plan();
        if (connections < 1 || connections > 4096) {
            throw wrong("--connections is %d: 1 to 4096.".formatted(connections));
        }
        Duration wait = duration("--timeout", timeout);
        long end = duration == null
                ? Long.MAX_VALUE
                : System.nanoTime() + duration("--for", duration).toNanos();
        BooleanSupplier goingOn = () -> !Interrupt.isRaised() && (end == Long.MAX_VALUE || System.nanoTime() - end < 0);
        Tally tally = new Tally();
        Verification.@Nullable Verdict verdict = null;
        try (Platform platform = new Platform(address, form, connections, wait);
                Watching watching =
                        watch ? Watching.begin(kafka, command.commandLine().getOut()) : Watching.NOTHING) {
            if (verify) {
                try (Verification verification = new Verification(kafka, duration("--patience", patience))) {
                    play(platform, plan, tally, verification, goingOn);
                    if (!Interrupt.isRaised()) {
                        boolean isSure = tally.unanswered() == 0
                                && tally.refused().keySet().stream().allMatch(status -> status < 500);
                        verdict = verification.conclude(tally.accepted(), isSure, () -> !Interrupt.isRaised());
                    }
                }
            } else {
                play(platform, plan, tally, Witness.NOBODY, goingOn);
            }
            watching.end();
        }
        Summary summary = new Summary(address, plan, tally, verdict);
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.println(summary.json());
        } else {
            out.print(summary.text());
            if (plot) {
                out.print(summary.plot());
            }
        }
        out.flush();
        return summary.isClean() ? Exit.OK : Exit.WRONG;
    }

    private void play(Platform platform, Plan plan, Tally tally, Witness witness, BooleanSupplier goingOn) {
        if (json || watch || !Screen.isTerminal()) {
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
        long mostCallbacks = callbacks == null ? Long.MAX_VALUE : positive("--callbacks", callbacks);
        boolean otherwiseBounded = callbacks != null || duration != null;
        long mostCalls = calls != null ? positive("--calls", calls) : otherwiseBounded ? Long.MAX_VALUE : 50;
        if (verify && mostCallbacks > Verification.MOST_CALLBACKS) {
            if (callbacks != null) {
                throw wrong("--verify remembers %,d callbacks at most: ask for no more."
                        .formatted(Verification.MOST_CALLBACKS));
            }
            mostCallbacks = Verification.MOST_CALLBACKS;
        }
        double perSecond;
        try {
            perSecond = rate.equalsIgnoreCase(MAX) ? 0 : Double.parseDouble(rate);
        } catch (NumberFormatException e) {
            throw wrong("--rate is \"%s\": give a number of callbacks a second, or max.".formatted(rate));
        }
        if (perSecond < 0 || perSecond > 1_000_000 || Double.isNaN(perSecond)) {
            throw wrong("--rate is %s: above 0, or max.".formatted(rate));
        }
        if (!(speed >= 0.1 && speed <= 1000)) {
            throw wrong("--speed is %s: 0.1 to 1000.".formatted(speed));
        }
        return new Plan(
                seed == null ? ThreadLocalRandom.current().nextInt(1, 1_000_000) : seed,
                mostCalls,
                mostCallbacks,
                perSecond,
                perSecond == 0 ? 1 : speed,
                duration("--bursts", bursts),
                bothLegs,
                drift,
                share("--repeats", repeats),
                share("--disorder", disorder),
                share("--missing", missing));
    }

    private long positive(String option, long value) {
        if (value < 1) {
            throw wrong("%s is %d: 1 or more.".formatted(option, value));
        }
        return value;
    }

    private double share(String option, double percent) {
        if (!(percent >= 0 && percent <= PERCENT)) {
            throw wrong("%s is %s: per cent, 0 to 100.".formatted(option, percent));
        }
        return percent / PERCENT;
    }

    private Duration duration(String option, String text) {
        try {
            Duration duration = text.endsWith("ms")
                    ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                    : Duration.parse("PT" + text);
            if (duration.isNegative() || (duration.isZero() && !option.equals("--bursts"))) {
                throw wrong("%s is \"%s\": above 0.".formatted(option, text));
            }
            return duration;
        } catch (DateTimeException | NumberFormatException e) {
            throw wrong("%s is \"%s\": give a time such as 30s, 10m or 1h.".formatted(option, text));
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }
}
