package io.callstream.cli.journal;

import io.callstream.cli.Exit;
import io.callstream.cli.Fault;
import io.callstream.cli.Interrupt;
import io.callstream.cli.KafkaOption;
import io.callstream.cli.Printable;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.journal.JournalConfiguration;
import io.callstream.gateway.journal.disk.DiskJournalConfiguration;
import io.callstream.gateway.journal.files.JournalInspection;
import io.callstream.gateway.journal.files.JournalInspection.Damage;
import io.callstream.gateway.journal.files.JournalInspection.Segment;
import io.callstream.gateway.metrics.MetricsConfiguration;
import io.callstream.gateway.relay.RelayConfiguration;
import io.callstream.gateway.tracing.TracingConfiguration;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;

/** The command {@code callstream journal}: inspects the journal of a lost node, or publishes its records. */
@Command(
        name = "journal",
        description = "Inspects the journal of a lost node, or publishes its records to Kafka.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream journal inspect /var/lib/callstream/journal",
            "  callstream journal drain journal-of-the-node --kafka kafka-1:9092 --kafka-config client.properties"
        })
public final class JournalCommand implements Runnable {

    private static final Duration LOOK = Duration.ofMillis(200);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** A gateway's journal and relay, without HTTP. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        JournalConfiguration.class,
        DiskJournalConfiguration.class,
        RelayConfiguration.class,
        MetricsConfiguration.class,
        TracingConfiguration.class
    })
    static class Drain {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a subcommand: inspect or drain.");
    }

    @Command(
            name = "inspect",
            description =
                    "Shows what a journal's folder contains. Changes nothing; works while a gateway uses the folder.",
            mixinStandardHelpOptions = true)
    int inspect(
            @Parameters(paramLabel = "FOLDER", description = "A gateway's callstream.journal.folder.") Path folder) {
        JournalInspection found = found(folder);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "journal   %s%n",
                found.id() == null ? "of an identity that cannot be read" : Printable.line(found.id()));
        out.printf("in use    %s%n", found.inUse() ? "yes, by a running process" : "no");
        out.printf("cursor    %d: Kafka has every record below it%n", found.cursor());
        out.printf("backlog   %d record(s)%n%n", found.waiting());
        out.printf("%-26s %12s %9s %9s  %s%n", "segment", "bytes", "records", "unacked", "oldest");
        boolean isDamaged = false;
        for (Segment segment : found.segments()) {
            out.printf(
                    "%-26s %12d %9d %9d  %s%n",
                    segment.file(),
                    segment.bytes(),
                    segment.records(),
                    segment.waiting(),
                    segment.oldest() == null ? "" : segment.oldest());
            for (Damage damage : segment.damage()) {
                isDamaged |= !damage.tail();
                out.printf(
                        "  at %d: %d damaged byte(s)%s%n",
                        damage.position(),
                        damage.bytes(),
                        damage.tail() ? ", at the end: cut short, or being written" : ", damaged");
            }
        }
        out.flush();
        return isDamaged ? Exit.WRONG : Exit.OK;
    }

    @Command(
            name = "drain",
            description =
                    "Publishes the unacknowledged records, as the gateway would, and exits when Kafka has all of them."
                            + " No gateway may use the folder at the same time.",
            mixinStandardHelpOptions = true)
    int drain(
            @Mixin KafkaOption kafka,
            @Parameters(paramLabel = "FOLDER", description = "A gateway's callstream.journal.folder.") Path folder) {
        JournalInspection found = found(folder);
        if (found.inUse()) {
            throw new Fault("%s is in use by a running gateway. Stop it first, or let it publish the records itself."
                    .formatted(folder));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%d unacknowledged record(s).%n", found.waiting());
        out.flush();
        List<String> settings = new ArrayList<>();
        settings.add("--callstream.journal.form=disk");
        settings.add("--callstream.journal.folder=" + folder.toAbsolutePath());
        settings.add("--callstream.journal.free-space-floor=0B");
        // The gateway's health groups name indicators that this application does not have.
        settings.add("--management.endpoint.health.validate-group-membership=false");
        // The gateway's failure analyzers report a failed start in one line.
        settings.add("--logging.level.org.springframework.context=error");
        settings.add("--logging.config=classpath:io/callstream/cli/journal/logback.xml");
        System.clearProperty("logback.configurationFile");
        Properties config = kafka.config();
        String named = config.getProperty("bootstrap.servers");
        config.remove("bootstrap.servers");
        settings.add(
                "--spring.kafka.bootstrap-servers=" + (kafka.isGiven() || named == null ? kafka.servers() : named));
        config.forEach((name, value) -> settings.add("--spring.kafka.properties[" + name + "]=" + value));
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Drain.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .run(settings.toArray(String[]::new))) {
            Journal journal = context.getBean(Journal.class);
            Long left = Flux.interval(Duration.ZERO, LOOK)
                    .map(tick -> journal.backlog().records())
                    .distinctUntilChanged()
                    .doOnNext(records -> {
                        out.printf("%d left%n", records);
                        out.flush();
                    })
                    .takeUntil(records -> records == 0 || Interrupt.isRaised())
                    .takeUntilOther(Flux.interval(LOOK).filter(tick -> Interrupt.isRaised()))
                    .blockLast();
            if (left == null || left > 0) {
                out.println("The remaining records are still in the folder.");
                return Exit.WRONG;
            }
        } catch (RuntimeException e) {
            // Spring Boot has logged the reason.
            return Exit.UNABLE;
        }
        out.println("Kafka has all records.");
        out.flush();
        return Exit.OK;
    }

    private static JournalInspection found(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new Fault("%s is not a folder. Name a gateway's callstream.journal.folder.".formatted(folder));
        }
        try {
            JournalInspection found = JournalInspection.of(folder);
            if (found.id() == null && found.segments().isEmpty()) {
                throw new Fault(
                        "%s contains no journal. Name a gateway's callstream.journal.folder.".formatted(folder));
            }
            return found;
        } catch (IOException e) {
            throw new Fault("%s cannot be read: %s.".formatted(folder, e.getMessage()), e);
        }
    }
}
