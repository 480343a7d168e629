package io.callstream.gateway.relay;

import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournalInspection;
import io.callstream.gateway.journal.JournalInspection.Damage;
import io.callstream.gateway.journal.JournalInspection.Segment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/**
 * For the journal of a node that has gone: {@code inspect FOLDER} says what its folder holds, {@code drain FOLDER} has it
 * go out to Kafka, without a gateway. Ends with 0; with 1 where that could not be done, 2 where nobody knows what was
 * meant.
 */
public final class JournalTool {

    private static final String USAGE = """
            inspect FOLDER               what a journal's folder holds; changes nothing
            drain FOLDER [--name=value]  publishes what waits there; settings as of the gateway, such as
                                         --spring.kafka.bootstrap-servers=kafka-1:9092,kafka-2:9092
            """;
    private static final Duration LOOK = Duration.ofMillis(200);

    private JournalTool() {}

    /** The drain: a gateway's journal and relay, and nothing that could be posted to. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ComponentScan({"io.callstream.gateway.journal", "io.callstream.gateway.relay", "io.callstream.gateway.metrics"})
    static class Drain {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out));
    }

    static int run(String[] arguments, PrintStream out) {
        if (arguments.length < 2) {
            out.print(USAGE);
            return 2;
        }
        Path folder = Path.of(arguments[1]);
        if (!Files.isDirectory(folder)) {
            out.printf("%s is no folder: name a gateway's callstream.journal.folder.%n", folder);
            return 1;
        }
        try {
            JournalInspection found = JournalInspection.of(folder);
            if (found.id() == null && found.segments().isEmpty()) {
                out.printf("%s holds no journal: name a gateway's callstream.journal.folder.%n", folder);
                return 1;
            }
            return switch (arguments[0]) {
                case "inspect" -> {
                    print(found, out);
                    yield 0;
                }
                case "drain" -> drain(folder, found, Arrays.copyOfRange(arguments, 2, arguments.length), out);
                default -> {
                    out.print(USAGE);
                    yield 2;
                }
            };
        } catch (IOException e) {
            out.printf("%s cannot be read: %s%n", folder, e.getMessage());
            return 1;
        }
    }

    private static void print(JournalInspection found, PrintStream out) {
        out.printf("journal   %s%n", found.id() == null ? "of an identity that cannot be read" : found.id());
        out.printf("in use    %s%n", found.inUse() ? "yes, a process works there" : "no");
        out.printf("cursor    %d: everything below is with Kafka%n", found.cursor());
        out.printf("waiting   %d record(s)%n%n", found.waiting());
        out.printf("%-26s %12s %9s %9s  %s%n", "segment", "bytes", "records", "waiting", "the oldest since");
        for (Segment segment : found.segments()) {
            out.printf(
                    "%-26s %12d %9d %9d  %s%n",
                    segment.file(),
                    segment.bytes(),
                    segment.records(),
                    segment.waiting(),
                    segment.oldest() == null ? "" : segment.oldest());
            for (Damage damage : segment.damage()) {
                out.printf(
                        "  at %d: %d byte(s) are no record%s%n",
                        damage.position(),
                        damage.bytes(),
                        damage.tail() ? ", at the end: cut short, or being written" : ", damaged");
            }
        }
    }

    private static int drain(Path folder, JournalInspection found, String[] settings, PrintStream out) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("--callstream.journal.form=disk");
        all.add("--callstream.journal.folder=" + folder.toAbsolutePath());
        all.add("--callstream.journal.free-space-floor=0B");
        out.printf("%d record(s) wait.%n", found.waiting());
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Drain.class)
                .web(WebApplicationType.NONE)
                .run(all.toArray(String[]::new))) {
            Journal journal = context.getBean(Journal.class);
            Flux.interval(Duration.ZERO, LOOK)
                    .map(tick -> journal.backlog().records())
                    .distinctUntilChanged()
                    .doOnNext(left -> out.printf("%d left%n", left))
                    .takeUntil(left -> left == 0)
                    .blockLast();
            out.println("All of it is with Kafka.");
            return 0;
        } catch (RuntimeException e) {
            // Boot has said why, in a sentence.
            return 1;
        }
    }
}
