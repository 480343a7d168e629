package io.callstream.timeline.streams;

import io.callstream.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parks a record that cannot be processed in {@code calls.timeline.failed}, and continues with the next one. Counts
 * each, and logs at most one line a minute. The parent class does the parking; its own log is switched off by
 * {@link TimelineConfiguration#LOG_LEVELS}, because it has a stack trace for each record.
 */
public final class Parking extends LogAndContinueProcessingExceptionHandler {

    /** The name under which the settings of Kafka Streams contain the {@link TimelineMetrics}. */
    static final String METRICS = "callstream.timeline.metrics";

    private static final Logger LOG = LoggerFactory.getLogger(Parking.class);
    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final AtomicLong unsaid = new AtomicLong();
    private long saidAt = System.nanoTime() - PAUSE;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls configure first.
    private TimelineMetrics metrics;

    @Override
    public void configure(Map<String, ?> settings) {
        super.configure(settings);
        metrics = (TimelineMetrics) Objects.requireNonNull(settings.get(METRICS));
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception failure) {
        metrics.failed();
        unsaid.incrementAndGet();
        // Only the one stream thread calls this.
        if (System.nanoTime() - saidAt >= PAUSE) {
            saidAt = System.nanoTime();
            LOG.warn(
                    "{} record(s) of {} could not be processed, the last one at {}:{}. They are in {}; the next records are"
                            + " published. Another program than a gateway may write to the topic. ({})",
                    unsaid.getAndSet(0),
                    context.topic(),
                    context.partition(),
                    context.offset(),
                    Topics.TIMELINE_FAILED,
                    failure.getClass().getName());
        }
        return super.handleError(context, record, failure);
    }
}
