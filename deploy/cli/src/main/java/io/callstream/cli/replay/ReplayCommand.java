package io.callstream.cli.replay;

import io.callstream.cli.Exit;
import io.callstream.cli.Fault;
import io.callstream.cli.GatewayAddress;
import io.callstream.cli.GatewayClient;
import io.callstream.cli.GatewayOption;
import io.callstream.cli.KafkaOption;
import io.callstream.cli.Screen;
import io.callstream.schemas.Topics;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code callstream replay}. */
@Command(
        name = "replay",
        description =
                "What could not be decoded is kept in quarantine, byte for byte: list it, look at one, send it again.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream replay list --reason no-call-id --since 24h",
            "  callstream replay show 0b6f… > callback.json",
            "  callstream replay send 0b6f… --edited callback.json"
        })
public final class ReplayCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say which: list, show or send.");
    }

    @Command(
            name = "list",
            description = "The items, oldest first: id, when, reason, size, and why in a sentence.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin KafkaOption kafka,
            @Option(names = "--reason", paramLabel = "CODE", description = "Only of this reason.") @Nullable
                    String reason,
            @Option(names = "--since", paramLabel = "TIME", description = "Only of the last 30m, 24h, …") @Nullable
                    String since,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "The last so many (default: 100).")
                    int limit) {
        Instant from = since == null ? Instant.MIN : Instant.now().minus(duration(since));
        Deque<Quarantined> items = new ArrayDeque<>();
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
        for (Quarantined item : items) {
            out.println("%s  %s  %s  %6d B  %s"
                    .formatted(
                            item.id(),
                            item.receivedAt(),
                            Screen.markup("@|yellow %-22s|@".formatted(item.reason())),
                            item.bytes().length,
                            item.explanation()));
        }
        out.flush();
        if (items.size() < found[0]) {
            spec.commandLine().getErr().printf("The last %d of %d; --limit shows more.%n", items.size(), found[0]);
        } else if (found[0] == 0) {
            spec.commandLine().getErr().println("There is nothing in quarantine that fits.");
        }
        return Exit.OK;
    }

    @Command(
            name = "show",
            description = "The item's exact bytes on standard output; what is known of it on standard error.",
            mixinStandardHelpOptions = true)
    int show(
            @Mixin KafkaOption kafka,
            @Parameters(paramLabel = "ID", description = "As listed, or as the sender was told; its beginning will do.")
                    String id) {
        Quarantined item = find(kafka, id);
        PrintWriter err = spec.commandLine().getErr();
        item.headers().forEach((name, value) -> err.println(Screen.markup("@|bold %s|@: ".formatted(name)) + value));
        err.flush();
        PrintStream out = System.out;
        out.write(item.bytes(), 0, item.bytes().length);
        out.flush();
        return Exit.OK;
    }

    @Command(
            name = "send",
            description = "Sends the item again, as it came or as it was edited, to the address that it came to.",
            mixinStandardHelpOptions = true)
    int send(
            @Mixin KafkaOption kafka,
            @Mixin GatewayOption gateway,
            @Parameters(paramLabel = "ID", description = "As listed; its beginning will do.") String id,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "URL",
                            defaultValue = GatewayOption.LOCAL,
                            description = "The gateway (default: ${DEFAULT-VALUE}).")
                    String url,
            @Option(
                            names = "--edited",
                            paramLabel = "FILE",
                            description = "Send this callback, one JSON object, in its place.")
                    @Nullable
                    Path edited) {
        GatewayAddress address = gateway.address(url);
        Quarantined item = find(kafka, id);
        Quarantined.Body body = edited == null ? item.asItCame() : Quarantined.asCallback(read(edited));
        GatewayClient.Reply reply =
                new GatewayClient(address).post(address.prefix() + item.path(), body.contentType(), body.bytes());
        PrintWriter out = spec.commandLine().getOut();
        String mark = reply.isAccepted() ? "@|green \u2713|@ " : "@|red \u2717|@ ";
        out.println(Screen.markup(mark) + reply.status() + ": " + reply.detail());
        out.flush();
        return reply.isAccepted() ? Exit.OK : Exit.WRONG;
    }

    private static Quarantined find(KafkaOption kafka, String id) {
        Deque<Quarantined> found = new ArrayDeque<>();
        Quarantined.scan(kafka, item -> {
            // A record that the gateway repeated is the same item.
            if (item.id().startsWith(id)
                    && (found.isEmpty() || !found.peek().id().equals(item.id()))
                    && found.size() < 2) {
                found.add(item);
            }
        });
        if (found.isEmpty()) {
            throw new Fault("There is no %s in %s: replay list shows what is there.".formatted(id, Topics.QUARANTINE));
        }
        if (found.size() > 1) {
            throw new Fault("Several items begin with %s: give more of the id.".formatted(id));
        }
        return found.remove();
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Fault("%s cannot be read: name the edited callback.".formatted(file), e);
        }
    }

    private Duration duration(String text) {
        try {
            return Duration.parse(text.endsWith("d") ? "P" + text : "PT" + text);
        } catch (DateTimeException e) {
            throw new ParameterException(
                    spec.commandLine(), "--since is \"%s\": give a time such as 30m, 24h or 7d.".formatted(text));
        }
    }
}
