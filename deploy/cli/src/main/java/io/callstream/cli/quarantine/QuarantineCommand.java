package io.callstream.cli.quarantine;

import io.callstream.cli.Exit;
import io.callstream.cli.Fault;
import io.callstream.cli.GatewayClient;
import io.callstream.cli.GatewayOption;
import io.callstream.cli.KafkaOption;
import io.callstream.cli.Printable;
import io.callstream.cli.Screen;
import io.callstream.dialler.GatewayAddress;
import io.callstream.schemas.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code callstream quarantine}: lists, shows and resends quarantined callbacks. */
@Command(
        name = "quarantine",
        description =
                "Lists the callbacks that could not be decoded, shows one, or sends one again. The quarantine topic has"
                        + " their exact bytes.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream quarantine list --reason no-call-id --since 24h",
            "  callstream quarantine show 0b6f…",
            "  callstream quarantine show 0b6f… --raw > callback.json",
            "  callstream quarantine send 0b6f… --edited callback.json"
        })
public final class QuarantineCommand implements Runnable {

    private static final String ID = "The id from the list, or its beginning.";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a subcommand: list, show or send.");
    }

    @Command(
            name = "list",
            description = "Lists the records, oldest first: id, time, reason, size, explanation.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin KafkaOption kafka,
            @Option(names = "--reason", paramLabel = "CODE", description = "Only records with this reason.") @Nullable
                    String reason,
            @Option(names = "--since", paramLabel = "TIME", description = "Only records of the last 30m, 24h, …")
                    @Nullable
                    Duration since,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "At most the last N records (default: 100).")
                    int limit,
            @Option(
                            names = {"-q", "--quiet"},
                            description = "Print only the ids, for a script.")
                    boolean quiet) {
        Instant from = since == null ? Instant.MIN : Instant.now().minus(since);
        // The partitions are read in parallel, so the records do not come in order of time.
        Comparator<Quarantined> byTime = Comparator.comparing(Quarantined::receivedAt);
        PriorityQueue<Quarantined> items = new PriorityQueue<>(byTime);
        long[] found = new long[1];
        Quarantined.scan(kafka, item -> {
            if ((reason == null || reason.equals(item.reason()))
                    && !item.receivedAt().isBefore(from)) {
                found[0]++;
                items.add(item);
                if (items.size() > Math.max(1, limit)) {
                    items.remove();
                }
            }
        });
        PrintWriter out = spec.commandLine().getOut();
        items.stream().sorted(byTime).forEach(item -> out.println(quiet ? Printable.line(item.id()) : line(item)));
        out.flush();
        if (items.size() < found[0]) {
            spec.commandLine()
                    .getErr()
                    .printf("These are the last %d of %d records. --limit shows more.%n", items.size(), found[0]);
        } else if (found[0] == 0) {
            spec.commandLine().getErr().println("No record in quarantine matches.");
        }
        return Exit.OK;
    }

    private static String line(Quarantined item) {
        return "%s  %s  %s  %6d B  %s"
                .formatted(
                        Printable.line(item.id()),
                        item.receivedAt(),
                        Screen.styled("yellow", "%-22s".formatted(Printable.line(item.reason()))),
                        item.bytes().length,
                        Printable.line(item.explanation()));
    }

    @Command(
            name = "show",
            description =
                    "Shows a record: its headers, then its bytes as text, each line after \"| \". Control characters"
                            + " are escaped.",
            mixinStandardHelpOptions = true)
    int show(
            @Mixin KafkaOption kafka,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(names = "--raw", description = "Write only the exact bytes, unescaped. Redirect them into a file.")
                    boolean raw) {
        Quarantined item = find(kafka, id);
        if (raw) {
            System.out.write(item.bytes(), 0, item.bytes().length);
            System.out.flush();
            return Exit.OK;
        }
        PrintWriter out = spec.commandLine().getOut();
        item.headers()
                .forEach((name, value) ->
                        out.println(Screen.styled("bold", Printable.line(name)) + ": " + Printable.line(value)));
        out.println(Printable.block(item.text()));
        out.flush();
        return Exit.OK;
    }

    @Command(
            name = "send",
            description =
                    "Sends a record again to the path that it was posted to. An unedited record has the same result"
                            + " as the first time, unless the gateway has changed.",
            mixinStandardHelpOptions = true)
    int send(
            @Mixin KafkaOption kafka,
            @Mixin GatewayOption gateway,
            @Parameters(paramLabel = "ID", description = ID) String id,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "URL",
                            defaultValue = GatewayOption.LOCAL,
                            description = "The gateway (default: ${DEFAULT-VALUE}).")
                    String url,
            @Option(
                            names = "--edited",
                            paramLabel = "FILE",
                            description = "Send this file instead: one callback, a JSON object in UTF-8.")
                    @Nullable
                    Path edited) {
        GatewayAddress address = gateway.address(url);
        Quarantined item = find(kafka, id);
        Posting posting = edited == null ? item.again() : Posting.ofItem(read(edited), StandardCharsets.UTF_8.name());
        GatewayClient.Reply reply = new GatewayClient(address)
                .post(address.recorded(item.path()) + posting.query(), posting.headers(), posting.body());
        PrintWriter out = spec.commandLine().getOut();
        String mark = reply.isAccepted() ? Screen.styled("green", "\u2713") : Screen.styled("red", "\u2717");
        out.println("%s %d: %s".formatted(mark, reply.status(), Printable.line(reply.detail())));
        out.flush();
        return reply.isAccepted() ? Exit.OK : Exit.WRONG;
    }

    private static Quarantined find(KafkaOption kafka, String id) {
        Deque<Quarantined> found = new ArrayDeque<>();
        Quarantined.scan(kafka, item -> {
            // A record that the gateway wrote twice is the same item.
            if (item.id().startsWith(id)
                    && (found.isEmpty() || !found.peek().id().equals(item.id()))
                    && found.size() < 2) {
                found.add(item);
            }
        });
        if (found.isEmpty()) {
            throw new Fault(
                    "There is no record %s in %s. \"quarantine list\" shows the ids.".formatted(id, Topics.QUARANTINE));
        }
        if (found.size() > 1) {
            throw new Fault("Several ids begin with %s. Give more of the id.".formatted(id));
        }
        return found.remove();
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Fault("%s cannot be read. Name the file with the edited callback.".formatted(file), e);
        }
    }
}
