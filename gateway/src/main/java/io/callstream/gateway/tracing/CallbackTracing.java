package io.callstream.gateway.tracing;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.Receipt;
import io.callstream.gateway.journal.RecordHeader;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Traces callbacks as the semantic conventions of OpenTelemetry 1.43 describe for HTTP servers, messaging and Kafka. All
 * names of spans and attributes are here.
 *
 * <p>Of a sender's context only {@code traceparent} is used. {@code tracestate} is not passed on: it can have 512 bytes,
 * and each record of the request would store it.
 */
final class CallbackTracing implements Tracing {

    private static final String TRACEPARENT = "traceparent";

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
    private static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    private static final AttributeKey<String> KEY = AttributeKey.stringKey("messaging.kafka.message.key");
    private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
    private static final AttributeKey<Long> SIZE = AttributeKey.longKey("messaging.message.body.size");
    private static final AttributeKey<String> TENANT = AttributeKey.stringKey("callstream.tenant");
    private static final AttributeKey<Long> RECORDS = AttributeKey.longKey("callstream.records");
    private static final AttributeKey<String> RECEIPT = AttributeKey.stringKey("callstream.receipt");

    private static final String APPEND = "append journal";

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<String> SENDERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String traceparent) {
            return List.of(TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String traceparent, String name) {
            return name.equals(TRACEPARENT) ? traceparent : null;
        }
    };

    private static final TextMapSetter<List<Header>> RECORDS_HEADERS = (headers, name, value) -> {
        if (headers != null && name.equals(TRACEPARENT)) {
            headers.add(RecordHeader.of(name, value));
        }
    };

    private final Tracer tracer;

    CallbackTracing(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Request request(String method, String path, String tenant, @Nullable String traceparent) {
        Context sender = traceparent == null ? Context.root() : W3C.extract(Context.root(), traceparent, SENDERS);
        Span span = tracer.spanBuilder(method + ' ' + path)
                .setParent(sender)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, method)
                .setAttribute(ROUTE, path)
                .setAttribute(PATH, path)
                .setAttribute(TENANT, tenant)
                .startSpan();
        return new TracedRequest(span, Context.root().with(span));
    }

    @Override
    public Send send(JournalRecord record) {
        for (Header header : record.headers()) {
            if (header.key().equals(TRACEPARENT)) {
                Context created =
                        W3C.extract(Context.root(), new String(header.value(), StandardCharsets.US_ASCII), SENDERS);
                SpanContext link = Span.fromContext(created).getSpanContext();
                return link.isSampled() ? new TracedSend(sending(record, created, link)) : Send.UNTRACED;
            }
        }
        return Send.UNTRACED;
    }

    /** The conventions ask for the link; the parent besides keeps a callback in one trace. */
    private Span sending(JournalRecord record, Context created, SpanContext link) {
        return messaging("send", record, SpanKind.CLIENT)
                .setParent(created)
                .addLink(link)
                .startSpan();
    }

    private SpanBuilder messaging(String operation, JournalRecord record, SpanKind kind) {
        SpanBuilder span = tracer.spanBuilder(operation + ' ' + record.topic())
                .setSpanKind(kind)
                .setAttribute(SYSTEM, "kafka")
                .setAttribute(OPERATION, operation)
                .setAttribute(OPERATION_TYPE, operation)
                .setAttribute(DESTINATION, record.topic())
                .setAttribute(SIZE, (long) record.value().length);
        byte[] key = record.key();
        return key == null ? span : span.setAttribute(KEY, new String(key, StandardCharsets.UTF_8));
    }

    /** The spans of a request. Its methods are called one after the other, on different threads. */
    private final class TracedRequest implements Request {

        private final Span request;
        private final Context context;
        private final List<Created> created = new ArrayList<>(1);
        private volatile Span append = Span.getInvalid();

        private record Created(JournalRecord record, Span span) {}

        TracedRequest(Span request, Context context) {
            this.request = request;
            this.context = context;
        }

        @Override
        public JournalRecord create(JournalRecord record) {
            Span span = messaging("create", record, SpanKind.PRODUCER)
                    .setParent(context)
                    .startSpan();
            List<Header> headers = new ArrayList<>(record.headers().size() + 1);
            headers.addAll(record.headers());
            W3C.inject(context.with(span), headers, RECORDS_HEADERS);
            JournalRecord traced = new JournalRecord(record.topic(), record.key(), headers, record.value());
            created.add(new Created(traced, span));
            return traced;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // The list contains the created records themselves, in their order.
        public void appending(List<JournalRecord> records) {
            int next = 0;
            for (Created each : created) {
                if (next < records.size() && records.get(next) == each.record) {
                    each.span.end();
                    next++;
                }
            }
            append = tracer.spanBuilder(APPEND)
                    .setParent(context)
                    .setAttribute(RECORDS, (long) records.size())
                    .startSpan();
        }

        @Override
        public void appended(Receipt receipt) {
            append.setAttribute(RECEIPT, receipt.name().toLowerCase(Locale.ROOT));
            if (!receipt.isDurable()) {
                append.setStatus(StatusCode.ERROR);
            }
            append.end();
        }

        @Override
        public void answered(int status) {
            request.setAttribute(STATUS, (long) status);
            if (status >= 500) {
                request.setAttribute(ERROR, Integer.toString(status)).setStatus(StatusCode.ERROR);
            }
            request.end();
        }
    }

    private record TracedSend(Span span) implements Send {

        @Override
        public void published(int partition, long offset) {
            span.setAttribute(PARTITION, Integer.toString(partition)).setAttribute(OFFSET, offset);
            span.end();
        }

        @Override
        public void failed(Throwable failure) {
            span.setAttribute(ERROR, failure.getClass().getName()).setStatus(StatusCode.ERROR);
            span.end();
        }
    }
}
