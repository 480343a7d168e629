package io.callstream.cli.watch;

import io.callstream.cli.EventLines;
import io.callstream.cli.Exit;
import io.callstream.cli.Interrupt;
import io.callstream.cli.KafkaOption;
import io.callstream.cli.Screen;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.Reading;
import io.callstream.schemas.kafka.Repeats;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code callstream watch}: shows the events of calls as they come. */
@Command(
        name = "watch",
        description =
                "Shows calls live: as a table on a terminal, with one line for each event in a pipe. Reads calls.timeline, or"
                        + " calls.events if no timeline runs with this Kafka. Ctrl-C stops it.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream watch --kafka kafka-1:9092",
            "  callstream watch --company 2028 --extension 20280005",
            "  callstream watch --from-beginning --json | jq -c 'select(.kind == \"bill\") | [.callId, .talkSeconds]'"
        })
public final class WatchCommand implements Callable<Integer> {

    private static final Duration REFRESH = Duration.ofMillis(200);
    private static final String ALTERNATE_SCREEN = "\u001B[?1049h\u001B[?25l";
    private static final String NORMAL_SCREEN = "\u001B[?25h\u001B[?1049l";
    private static final String HOME = "\u001B[H";
    private static final String REST_OF_LINE = "\u001B[K";
    private static final String REST_OF_SCREEN = "\u001B[J";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Option(names = "--company", paramLabel = "CODE", description = "Show only calls of this company.")
    private @Nullable String company;

    @Option(names = "--call", paramLabel = "ID", description = "Show only this call.")
    private @Nullable String call;

    @Option(names = "--extension", paramLabel = "NUMBER", description = "Show only calls of this agent's extension.")
    private @Nullable String extension;

    @Option(names = "--from-beginning", description = "Begin with the oldest event in the topic.")
    private boolean fromBeginning;

    @Option(
            names = "--raw",
            description = "Show the events as the gateway published them, repeats and disorder included.")
    private boolean raw;

    @Option(names = "--json", description = "Print each event as one line of JSON, with control characters escaped.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        if (json || !Screen.isTerminal()) {
            follow(out);
        } else {
            show(out);
        }
        return Exit.OK;
    }

    private void follow(PrintWriter out) {
        try (KafkaConsumer<byte[], Reading> consumer = consumer()) {
            new EventLines(out, json, this::isWanted).follow(consumer, () -> !Interrupt.isRaised());
        }
    }

    private void show(PrintWriter out) {
        CallTable table = new CallTable();
        Repeats repeats = new Repeats();
        try (KafkaConsumer<byte[], Reading> consumer = consumer();
                Screen screen = Screen.open()) {
            out.print(ALTERNATE_SCREEN);
            while (!Interrupt.isRaised()) {
                for (CallEvent event : EventLines.events(consumer.poll(REFRESH), repeats)) {
                    if (isWanted(event)) {
                        table.take(event);
                    }
                }
                StringBuilder picture = new StringBuilder(HOME);
                for (String row : table.rows(screen.size(), Instant.now())) {
                    picture.append(row).append(REST_OF_LINE).append('\n');
                }
                out.print(picture.append(REST_OF_SCREEN));
                out.flush();
            }
        } finally {
            out.print(NORMAL_SCREEN);
            out.flush();
        }
    }

    private KafkaConsumer<byte[], Reading> consumer() {
        return EventLines.consumer(kafka, raw, fromBeginning);
    }

    private boolean isWanted(CallEvent event) {
        return (company == null || company.equals(event.companyCode()))
                && (call == null || call.equals(event.callId()))
                && (extension == null || extension.equals(event.extension()));
    }
}
