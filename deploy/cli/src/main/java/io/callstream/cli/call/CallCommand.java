package io.callstream.cli.call;

import io.callstream.cli.EventLines;
import io.callstream.cli.Exit;
import io.callstream.cli.Fault;
import io.callstream.cli.KafkaOption;
import io.callstream.cli.Printable;
import io.callstream.cli.Screen;
import io.callstream.schemas.CallState;
import io.callstream.schemas.TimelineEvent;
import io.callstream.schemas.TimelineReading;
import io.callstream.schemas.Topics;
import io.callstream.schemas.kafka.CallStateDeserializer;
import io.callstream.schemas.kafka.TimelineDeserializer;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code callstream call}: shows one call's timeline, and what is late or missing in words. */
@Command(
        name = "call",
        description =
                "Shows the timeline of one call, with what is late or missing, and its state. It reads the whole topics, so it"
                        + " takes a while where they are large.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  callstream call 863ff91e-6a7a-11eb-acf1-5107cdf1d50a --kafka kafka-1:9092"})
public final class CallCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Parameters(paramLabel = "ID", description = "The call's id, as in the record's key.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Override
    public Integer call() {
        if (!kafka.has(Topics.TIMELINE)) {
            throw new Fault(
                    "No timeline runs with this Kafka, or its user may not read %s. `callstream watch --from-beginning --call ID` shows what the gateway has published."
                            .formatted(Topics.TIMELINE));
        }
        PrintWriter out = command.commandLine().getOut();
        List<TimelineReading> timeline = new ArrayList<>();
        kafka.scan(Topics.TIMELINE, new TimelineDeserializer(), record -> {
            if (isWanted(record.key()) && record.value() != null) {
                timeline.add(record.value());
            }
        });
        if (timeline.isEmpty()) {
            out.printf(
                    "No call %s is in %s. It may be older than the topic's retention.%n",
                    Printable.line(id), Topics.TIMELINE);
            out.flush();
            return Exit.WRONG;
        }
        timeline.forEach(reading -> out.println(line(reading)));
        AtomicReference<@Nullable CallState> state = new AtomicReference<>();
        kafka.scan(Topics.STATE, new CallStateDeserializer(), record -> {
            if (isWanted(record.key())) {
                state.set(record.value());
            }
        });
        CallState last = state.get();
        if (last != null) {
            out.println(people(last));
        }
        out.println(summary(last));
        out.flush();
        return Exit.OK;
    }

    private boolean isWanted(byte @Nullable [] key) {
        return key != null && id.equals(new String(key, StandardCharsets.UTF_8));
    }

    private static String line(TimelineReading reading) {
        CallStory.Chapter chapter = CallStory.chapter(reading);
        if (chapter.at() == null) {
            return "     " + chapter.what();
        }
        String colour = reading instanceof TimelineEvent placed ? EventLines.colour(placed.event()) : "red";
        Duration waited = chapter.waited();
        return "%3d  %s  %s  %-28s  %s%s"
                .formatted(
                        chapter.sequence(),
                        chapter.at(),
                        Screen.styled(colour, "%-12s".formatted(chapter.kind())),
                        chapter.what(),
                        Screen.styled("magenta", chapter.remarks()),
                        waited == null ? "" : " waited %.1f s".formatted(waited.toMillis() / 1000.0))
                .stripTrailing();
    }

    private static String people(CallState state) {
        List<String> people = new ArrayList<>();
        add(people, "customer", state.customer());
        add(people, "agent", state.agentId());
        add(people, "extension", state.extension());
        add(people, "company", state.companyCode());
        return people.isEmpty() ? "nothing is known of the people" : String.join(", ", people);
    }

    private static void add(List<String> people, String what, @Nullable String who) {
        if (who != null) {
            people.add(what + ' ' + Printable.line(who));
        }
    }

    private static String summary(@Nullable CallState state) {
        if (state == null) {
            return "The call's state is forgotten or erased.";
        }
        List<String> parts = new ArrayList<>();
        parts.add(Screen.styled("bold", state.state().label()));
        for (String part : CallStory.summary(state)) {
            parts.add(part.startsWith("missing: ") ? Screen.styled("red", part) : part);
        }
        return String.join("; ", parts);
    }
}
