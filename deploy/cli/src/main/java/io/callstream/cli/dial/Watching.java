package io.callstream.cli.dial;

import io.callstream.cli.EventLines;
import io.callstream.cli.KafkaOption;
import io.callstream.schemas.Reading;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;

/** Shows the events of calls from Kafka while a campaign is played. */
final class Watching implements AutoCloseable {

    /** Shows no events. */
    static final Watching NOTHING = new Watching(new AtomicBoolean(), null);

    private final AtomicBoolean over;
    private final @Nullable Thread thread;

    private Watching(AtomicBoolean over, @Nullable Thread thread) {
        this.over = over;
        this.thread = thread;
    }

    /** Starts to show the events that are written from now on. */
    static Watching begin(KafkaOption kafka, PrintWriter out) {
        KafkaConsumer<byte[], Reading> consumer = EventLines.consumer(kafka, false, false);
        AtomicBoolean over = new AtomicBoolean();
        Thread thread = new Thread(
                () -> {
                    try (consumer) {
                        new EventLines(out, false, event -> true).follow(consumer, () -> !over.get());
                    }
                },
                "watch");
        thread.setDaemon(true);
        thread.start();
        return new Watching(over, thread);
    }

    /** Stops, after the events that were already read have been shown. */
    void end() {
        over.set(true);
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        end();
    }
}
