package io.callstream.cli.dial;

import io.callstream.dialler.BodyForm;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code callstream dial}, in the groups of its help. */
@SuppressWarnings("NullAway.Init") // Picocli sets the default values.
final class DialOptions {

    private DialOptions() {}

    /** When the campaign ends. */
    static final class Extent {

        @Option(
                names = "--calls",
                paramLabel = "N",
                description = "Numbers to dial (default: 50, unless --callbacks or --for).")
        @Nullable
        Long calls;

        @Option(names = "--callbacks", paramLabel = "N", description = "Stop after so many callbacks.")
        @Nullable
        Long callbacks;

        @Option(names = "--for", paramLabel = "TIME", description = "Stop after so long: 30s, 10m, 1h.")
        @Nullable
        Duration time;
    }

    /** How the callbacks are posted. */
    static final class Posting {

        @Option(
                names = "--rate",
                paramLabel = "R",
                defaultValue = "10",
                description = "Callbacks a second; or max, as fast as they are answered (default: ${DEFAULT-VALUE}).")
        String rate;

        @Option(
                names = "--speed",
                paramLabel = "X",
                defaultValue = "10",
                description = "How much faster than in life a call passes (default: ${DEFAULT-VALUE}).")
        double speed;

        @Option(
                names = "--connections",
                paramLabel = "N",
                defaultValue = "64",
                description =
                        "At most so many callbacks are under way at a time, 1 to 4096 (default: ${DEFAULT-VALUE}).")
        int connections;

        @Option(
                names = "--form",
                defaultValue = "multipart",
                description =
                        "The bodies: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, as documented by the vendor).")
        BodyForm form;

        @Option(
                names = "--timeout",
                paramLabel = "TIME",
                defaultValue = "5s",
                description = "An answer that takes longer is none (default: ${DEFAULT-VALUE}).")
        Duration timeout;
    }

    /** How the platform behaves. */
    static final class Platform {

        @Option(names = "--both-legs", description = "The customer's leg reports too, not only the agent's.")
        boolean bothLegs;

        @Option(names = "--drift", description = "Mix the spellings of several of the platform's versions.")
        boolean drift;

        @Option(
                names = "--repeats",
                paramLabel = "PERCENT",
                defaultValue = "0",
                description = "Callbacks that come twice.")
        double repeats;

        @Option(
                names = "--disorder",
                paramLabel = "PERCENT",
                defaultValue = "0",
                description = "Callbacks that change places with their call's next.")
        double disorder;

        @Option(
                names = "--missing",
                paramLabel = "PERCENT",
                defaultValue = "0",
                description = "Status callbacks never sent.")
        double missing;

        @Option(
                names = "--bursts",
                paramLabel = "TIME",
                defaultValue = "2s",
                description = "Bills leave together, once in so long of the calls' time; 0s for each at once (default:"
                        + " ${DEFAULT-VALUE}).")
        Duration bursts;

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "Play the same calls as an earlier run with this seed.")
        @Nullable
        Long seed;
    }

    /** What is checked and shown. */
    static final class Result {

        @Option(names = "--verify", description = "Subscribe, and check that nothing is lost and nothing out of order.")
        boolean verify;

        @Option(
                names = "--patience",
                paramLabel = "TIME",
                defaultValue = "15s",
                description = "With --verify: what has not come when nothing more comes for so long is lost (default:"
                        + " ${DEFAULT-VALUE}).")
        Duration patience;

        @Option(names = "--watch", description = "Show every event that comes out of Kafka, of all senders.")
        boolean watch;

        @Option(names = "--plot", description = "Draw how long the answers took.")
        boolean plot;

        @Option(names = "--json", description = "The summary as JSON, and nothing else.")
        boolean json;
    }
}
