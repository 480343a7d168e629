package io.callstream.gateway.tracing;

import io.callstream.gateway.metrics.GatewayMetrics;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports spans in batches, on a thread of its own. At most {@value #QUEUE} spans wait; more are dropped. Counts what
 * becomes of them, and logs once when the collector stops accepting them and once when it accepts them again.
 */
final class SpanExport {

    private static final Logger LOG = LoggerFactory.getLogger(SpanExport.class);

    private static final int QUEUE = 8192;
    private static final int BATCH = 512;
    private static final Duration DELAY = Duration.ofSeconds(1);

    private final SpanExporter collector;
    private final String host;
    private final GatewayMetrics.Spans metrics;
    private final AtomicBoolean failing = new AtomicBoolean();

    /** @param host of the collector, for the log */
    SpanExport(SpanExporter collector, String host, GatewayMetrics.Spans metrics) {
        this.collector = collector;
        this.host = host;
        this.metrics = metrics;
    }

    /** Returns the processor that takes ended spans. */
    SpanProcessor processor() {
        return SpanProcessor.composite(
                new Ended(),
                BatchSpanProcessor.builder(new Exporter())
                        .setMaxQueueSize(QUEUE)
                        .setMaxExportBatchSize(BATCH)
                        .setScheduleDelay(DELAY)
                        .build());
    }

    private void exported(int count) {
        metrics.exported().increment(count);
        if (failing.getAndSet(false)) {
            LOG.info("The collector at {} accepts traces again.", host);
        }
    }

    private void failed(int count, CompletableResultCode result) {
        metrics.failed().increment(count);
        if (!failing.getAndSet(true)) {
            Throwable cause = result.getFailureThrowable();
            LOG.warn(
                    "The collector at {} does not accept traces: they are dropped until it does, callbacks are not"
                            + " affected. Check callstream.tracing.endpoint and the collector. Cause: {}",
                    host,
                    cause == null ? "no answer in time" : cause.toString());
        }
    }

    private final class Ended implements SpanProcessor {

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            metrics.ended().increment();
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }

    private final class Exporter implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            int count = spans.size();
            CompletableResultCode result = collector.export(spans);
            result.whenComplete(() -> {
                if (result.isSuccess()) {
                    exported(count);
                } else {
                    failed(count, result);
                }
            });
            return result;
        }

        @Override
        public CompletableResultCode flush() {
            return collector.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return collector.shutdown();
        }
    }
}
