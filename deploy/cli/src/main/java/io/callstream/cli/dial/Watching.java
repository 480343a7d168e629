package io.callstream.cli.dial;

import io.callstream.cli.EventLines;
import io.callstream.cli.KafkaOption;
import io.callstream.schemas.Reading;
import io.callstream.schemas.Topics;
import io.callstream.schemas.kafka.EventDeserializer;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;

/** Shows events beside a campaign. */
final class Watching implements AutoCloseable {

    /** Where nobody looks. */
    static final Watching NOTHING = new Watching(new AtomicBoolean(), null);

    private final AtomicBoolean over;
    private final @Nullable Thread thread;

    private Watching(AtomicBoolean over, @Nullable Thread thread) {
        this.over = over;
        this.thread = thread;
    }

    /** From what is written from now on. */
    static Watching begin(KafkaOption kafka, PrintWriter out) {
        KafkaConsumer<byte[], Reading> consumer = kafka.follow(Topics.EVENTS, new EventDeserializer(), false);
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

    /** Once what was under way has been shown. */
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
