package io.callstream.cli.erase;

import io.callstream.cli.Exit;
import io.callstream.cli.Fault;
import io.callstream.cli.KafkaOption;
import io.callstream.cli.Printable;
import io.callstream.schemas.CallState;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Topics;
import io.callstream.schemas.kafka.CallStateDeserializer;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code callstream erase}: deletes the states of a customer's calls, by tombstones. */
@Command(
        name = "erase",
        description =
                "Erases the calls of a customer's number, or one call, from calls.state: it writes a tombstone for each. Kafka"
                        + " removes the old values when it compacts the topic, within a day. Prints where else the calls are.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream erase 5550100 --kafka kafka-1:9092        list the calls of a number",
            "  callstream erase 5550100 --kafka kafka-1:9092 --yes  erase them"
        })
public final class EraseCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Parameters(paramLabel = "NUMBER|ID", description = "The customer's number, or a call's id, as in calls.state.")
    @SuppressWarnings("NullAway.Init")
    private String what;

    @Option(names = "--yes", description = "Erase. Without it, the calls are only listed.")
    private boolean isSure;

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        Map<String, byte[]> found = new TreeMap<>();
        kafka.scan(Topics.STATE, new CallStateDeserializer(), record -> {
            String call = new String(record.key(), StandardCharsets.UTF_8);
            CallState state = record.value();
            if (state != null && (call.equals(what) || what.equals(state.customer()))) {
                found.put(call, record.key());
            } else {
                found.remove(call);
            }
        });
        if (found.isEmpty()) {
            out.println("calls.state has no such call.");
            out.flush();
            return Exit.WRONG;
        }
        if (isSure) {
            erase(found);
        }
        found.keySet().forEach(call -> out.printf("%s %s%n", isSure ? "erased" : "found ", Printable.line(call)));
        out.println(
                isSure
                        ? "Consumers get a tombstone for each, of the type io.callstream.call.erased.v1. calls.events, calls.timeline, calls.timeline.failed, the topics of companies"
                                + " and calls.quarantine keep the events until their retention has passed, and the timeline remembers the call for a day after its last event: an event that"
                                + " comes meanwhile writes the state again."
                        : "Nothing was erased. Add --yes to erase them.");
        out.flush();
        return Exit.OK;
    }

    private void erase(Map<String, byte[]> calls) {
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (byte[] key : calls.values()) {
                ProducerRecord<byte[], byte[]> tombstone = new ProducerRecord<>(Topics.STATE, key, null);
                tombstone.headers().add(Headers.CE_TYPE, CallState.ERASED.getBytes(StandardCharsets.UTF_8));
                producer.send(tombstone).get();
            }
        } catch (KafkaException | ExecutionException e) {
            throw new Fault("Kafka did not take a tombstone: %s. Run the command again.".formatted(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
