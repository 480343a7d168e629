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
                description = "Dial N numbers (default: 50, unless --callbacks or --for is set).")
        @Nullable
        Long calls;

        @Option(names = "--callbacks", paramLabel = "N", description = "Stop after N callbacks.")
        @Nullable
        Long callbacks;

        @Option(names = "--for", paramLabel = "TIME", description = "Stop after this time: 30s, 10m, 1h.")
        @Nullable
        Duration time;
    }

    /** How the callbacks are posted. */
    static final class Posting {

        @Option(
                names = "--rate",
                paramLabel = "R",
                defaultValue = "10",
                description =
                        "Callbacks per second. max posts as fast as the gateway answers (default: ${DEFAULT-VALUE}).")
        String rate;

        @Option(
                names = "--speed",
                paramLabel = "X",
                defaultValue = "10",
                description = "Shorten every call by this factor (default: ${DEFAULT-VALUE}).")
        double speed;

        @Option(
                names = "--connections",
                paramLabel = "N",
                defaultValue = "64",
                description = "The most callbacks in flight at a time, 1 to 4096 (default: ${DEFAULT-VALUE}).")
        int connections;

        @Option(
                names = "--form",
                defaultValue = "multipart",
                description =
                        "The form of the bodies: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, as documented by the vendor).")
        BodyForm form;

        @Option(
                names = "--timeout",
                paramLabel = "TIME",
                defaultValue = "5s",
                description = "Give up waiting for an answer after this time (default: ${DEFAULT-VALUE}).")
        Duration timeout;
    }

    /** How the platform behaves. */
    static final class Platform {

        @Option(
                names = "--both-legs",
                description = "Post the callbacks of the customer's leg too, not only the agent's.")
        boolean bothLegs;

        @Option(names = "--drift", description = "Mix the field spellings of several versions of the platform.")
        boolean drift;

        @Option(
                names = "--repeats",
                paramLabel = "PERCENT",
                defaultValue = "0",
                description = "Post this share of the callbacks twice.")
        double repeats;

        @Option(
                names = "--disorder",
                paramLabel = "PERCENT",
                defaultValue = "0",
                description = "Swap this share of the callbacks with the next one of the same call.")
        double disorder;

        @Option(
                names = "--missing",
                paramLabel = "PERCENT",
                defaultValue = "0",
                description = "Leave out this share of the status callbacks.")
        double missing;

        @Option(
                names = "--bursts",
                paramLabel = "TIME",
                defaultValue = "2s",
                description =
                        "Post the bills in bursts, one burst in this time of the calls; 0s posts each bill immediately (default:"
                                + " ${DEFAULT-VALUE}).")
        Duration bursts;

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "Post the same calls as an earlier run with this seed.")
        @Nullable
        Long seed;
    }

    /** What is checked and shown. */
    static final class Result {

        @Option(
                names = "--verify",
                description = "Read the topics and verify that no callback is lost or out of order.")
        boolean verify;

        @Option(
                names = "--patience",
                paramLabel = "TIME",
                defaultValue = "15s",
                description =
                        "With --verify: after this time without a new event, the missing ones count as lost (default:"
                                + " ${DEFAULT-VALUE}).")
        Duration patience;

        @Option(names = "--watch", description = "Print every event in Kafka, of all senders.")
        boolean watch;

        @Option(names = "--plot", description = "Draw the distribution of the answer times.")
        boolean plot;

        @Option(names = "--json", description = "Print only the summary, as JSON.")
        boolean json;
    }
}
