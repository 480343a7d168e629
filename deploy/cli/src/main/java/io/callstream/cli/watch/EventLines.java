package io.callstream.cli.watch;

import io.callstream.cli.Printable;
import io.callstream.cli.Screen;
import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.Reading;
import io.callstream.schemas.kafka.Repeats;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Calls' events as they come, a line each; without phone numbers, unless it is the JSON itself. */
public final class EventLines {

    private static final Duration POLL = Duration.ofMillis(200);

    private final PrintWriter out;
    private final boolean json;
    private final Predicate<CallEvent> wanted;
    private final Repeats repeats = new Repeats();

    /** @param json each as {@link Printable#json}, otherwise in words */
    public EventLines(PrintWriter out, boolean json, Predicate<CallEvent> wanted) {
        this.out = out;
        this.json = json;
        this.wanted = wanted;
    }

    /** Until it is to end, or whoever reads the lines has gone. */
    public void follow(KafkaConsumer<byte[], Reading> consumer, BooleanSupplier goingOn) {
        while (goingOn.getAsBoolean() && !out.checkError()) {
            for (CallEvent event : events(consumer.poll(POLL), repeats)) {
                if (wanted.test(event)) {
                    out.println(
                            json
                                    ? Printable.json(new String(EventJson.bytes(event), StandardCharsets.UTF_8))
                                    : line(event));
                }
            }
        }
    }

    /** The calls' events among the records, without the gateway's own repeats. */
    static List<CallEvent> events(ConsumerRecords<byte[], Reading> records, Repeats repeats) {
        List<CallEvent> events = new ArrayList<>();
        for (ConsumerRecord<byte[], Reading> record : records) {
            if (record.value() instanceof CallEvent event && !repeats.isRepeat(record)) {
                events.add(event);
            }
            repeats.handled(record);
        }
        return events;
    }

    private static String line(CallEvent event) {
        return "%s  %s  %-36s  %-8s  %s"
                .formatted(
                        EventJson.text(event.receivedAt()),
                        Screen.styled(
                                CallTable.colour(event),
                                "%-12s".formatted(event.kind().label())),
                        Printable.line(event.callId()),
                        event.extension() == null ? "-" : Printable.line(event.extension()),
                        event instanceof BillEvent bill ? CallTable.outcome(bill) : "")
                .stripTrailing();
    }
}
