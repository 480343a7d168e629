package io.callstream.cli;

import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.Reading;
import io.callstream.schemas.Timeline;
import io.callstream.schemas.TimelineJson;
import io.callstream.schemas.Topics;
import io.callstream.schemas.kafka.EventDeserializer;
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

/** Prints the events of calls as they come, one line each. A line contains no phone number, unless it is JSON. */
public final class EventLines {

    private static final Duration POLL = Duration.ofMillis(200);

    private final PrintWriter out;
    private final boolean json;
    private final Predicate<CallEvent> wanted;
    private final Repeats repeats = new Repeats();

    /** @param json whether to print each event as {@link Printable#json}; otherwise as text */
    public EventLines(PrintWriter out, boolean json, Predicate<CallEvent> wanted) {
        this.out = out;
        this.json = json;
        this.wanted = wanted;
    }

    /**
     * Prints events until {@code goingOn} is {@code false} or the output is closed, for example by the end of a pipe.
     */
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

    /**
     * Creates a consumer of the events of calls: of their timeline, or as the gateway published them if no timeline runs
     * with this Kafka.
     */
    public static KafkaConsumer<byte[], Reading> consumer(KafkaOption kafka, boolean raw, boolean fromBeginning) {
        String topic = raw || !kafka.has(Topics.TIMELINE) ? Topics.EVENTS : Topics.TIMELINE;
        return kafka.follow(topic, new EventDeserializer(), fromBeginning);
    }

    /** The events of calls among the records, without the gateway's repeats. */
    public static List<CallEvent> events(ConsumerRecords<byte[], Reading> records, Repeats repeats) {
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
                        event.receivedAt(),
                        Screen.styled(
                                colour(event), "%-12s".formatted(event.kind().label())),
                        Printable.line(event.callId()),
                        event.extension() == null ? "-" : Printable.line(event.extension()),
                        (event instanceof BillEvent bill ? outcome(bill) + "  " : "") + remarks(event))
                .stripTrailing();
    }

    private static String remarks(CallEvent event) {
        Timeline place = TimelineJson.place(event);
        return place == null ? "" : Screen.styled("magenta", remarks(place));
    }

    /** What the timeline says of an event, in words; empty if it says nothing. */
    public static String remarks(Timeline place) {
        List<String> remarks = new ArrayList<>();
        if (place.missing() != null) {
            remarks.add("missing before it: " + Printable.line(String.join(", ", place.missing())));
        }
        if (place.late() != null) {
            remarks.add("late: it belongs further up");
        }
        if (place.corrected() != null) {
            remarks.add("corrects the bill above");
        }
        if (place.forgotten() != null) {
            remarks.add("of a call that is no longer known");
        }
        if (place.foreign() != null) {
            remarks.add("of another tenant: it changes nothing");
        }
        return String.join("; ", remarks);
    }

    /** The colour for {@link Screen#styled}. */
    public static String colour(CallEvent event) {
        return switch (event.kind()) {
            case RING -> "yellow";
            case ANSWER -> "green";
            case HANGUP -> "cyan";
            case BILL -> Boolean.TRUE.equals(((BillEvent) event).answered()) ? "blue" : "red";
            default -> "magenta";
        };
    }

    /** How a call ended, in words. The text is safe to print. */
    public static String outcome(BillEvent bill) {
        BillEvent.Hangup hangup = bill.hangup();
        String cause = "";
        if (hangup != null) {
            Long code = hangup.causeCode();
            cause = hangup.cause() != null ? hangup.cause() : code != null ? Long.toString(code) : "";
        }
        String result = Boolean.TRUE.equals(bill.answered())
                ? "answered, %d s".formatted(bill.talkSeconds())
                : Boolean.FALSE.equals(bill.answered()) ? "not answered" : "unknown";
        return cause.isEmpty() ? result : result + " (" + Printable.line(cause) + ")";
    }
}
