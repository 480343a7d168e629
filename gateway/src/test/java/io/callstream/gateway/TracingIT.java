package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The traces of callbacks, as a collector receives them by OTLP over HTTP. */
@Tag("slow")
class TracingIT {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String SENDERS_TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SENDERS_SPAN = "b7ad6b7169203331";

    private static Topic events;

    private final Queue<Span> spans = new ConcurrentLinkedQueue<>();
    private volatile int collectorsAnswer = 200;
    private HttpServer collector;
    private TestGateway gateway;

    @BeforeAll
    static void subscribe() {
        events = new Topic(TestBroker.bootstrapServers(), "calls.events");
    }

    @AfterAll
    static void unsubscribe() {
        events.close();
    }

    @BeforeEach
    void start() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            try (InputStream body = new GZIPInputStream(exchange.getRequestBody())) {
                ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body);
                if (collectorsAnswer == 200) {
                    request.getResourceSpansList()
                            .forEach(resource ->
                                    resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList())));
                }
            }
            exchange.sendResponseHeaders(collectorsAnswer, -1);
            exchange.close();
        });
        collector.start();
        gateway = start(TestBroker.folder("journal").toString());
    }

    private TestGateway start(String journal) {
        return TestGateway.start(
                TestBroker.bootstrapServers(),
                "callstream.journal.folder=" + journal,
                "callstream.tracing.endpoint=http://127.0.0.1:"
                        + collector.getAddress().getPort() + "/v1/traces");
    }

    @AfterEach
    void stop() {
        gateway.close();
        collector.stop(0);
    }

    private int post(String call, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.url("/callbacks/extension-status")))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        "{\"uuid\":\"%s\",\"status\":\"ring\",\"callee\":\"5550100\"}".formatted(call)));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return CLIENT.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private String traceparent(String call) {
        return Topic.headers(events.await(1, record -> call.equals(Topic.key(record)))
                        .get(0))
                .get("traceparent");
    }

    private static String traceId(String traceparent) {
        return traceparent.substring(3, 35);
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    private Map<String, Span> trace(String id, int count) {
        return await().until(
                        () -> spans.stream()
                                .filter(span -> hex(span.getTraceId()).equals(id))
                                .collect(Collectors.toMap(Span::getName, span -> span)),
                        found -> found.size() == count);
    }

    private static Map<String, String> attributes(Span span) {
        return span.getAttributesList().stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey,
                        attribute -> attribute.getValue().hasStringValue()
                                ? attribute.getValue().getStringValue()
                                : Long.toString(attribute.getValue().getIntValue())));
    }

    @Test
    void aCallbacksTraceGoesFromItsRequestToKafka() throws Exception {
        assertThat(post("traced-1")).isEqualTo(200);
        String header = traceparent("traced-1");
        Map<String, Span> trace = trace(traceId(header), 4);
        Span request = trace.get("POST /callbacks/extension-status");
        Span create = trace.get("create calls.events");
        Span append = trace.get("append journal");
        Span send = trace.get("send calls.events");

        assertThat(header)
                .as("the record has the context of its creation: sampled, with a random id")
                .isEqualTo("00-" + hex(create.getTraceId()) + '-' + hex(create.getSpanId()) + "-03");
        assertThat(request.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(request.getParentSpanId().isEmpty()).isTrue();
        assertThat(attributes(request))
                .isEqualTo(Map.of(
                        "http.request.method", "POST",
                        "http.route", "/callbacks/extension-status",
                        "url.path", "/callbacks/extension-status",
                        "http.response.status_code", "200",
                        "callstream.tenant", "default"));
        assertThat(create.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_PRODUCER);
        assertThat(create.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(attributes(create))
                .containsEntry("messaging.operation.type", "create")
                .containsEntry("messaging.kafka.message.key", "traced-1");
        assertThat(append.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(attributes(append)).isEqualTo(Map.of("callstream.records", "1", "callstream.receipt", "on_disk"));
        assertThat(send.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(send.getLinksList())
                .singleElement()
                .satisfies(link -> assertThat(link.getSpanId()).isEqualTo(create.getSpanId()));
        assertThat(attributes(send))
                .containsEntry("messaging.system", "kafka")
                .containsEntry("messaging.operation.name", "send")
                .containsEntry("messaging.destination.name", "calls.events")
                .containsKeys("messaging.destination.partition.id", "messaging.kafka.offset");
        assertThat(trace.values().toString()).as("a phone number").doesNotContain("5550100");
    }

    @Test
    void theSendersTraceIsContinuedAndItsDecisionApplies() throws Exception {
        post("traced-2", "traceparent", "00-%s-%s-01".formatted(SENDERS_TRACE, SENDERS_SPAN), "tracestate", "a=b");
        assertThat(traceparent("traced-2"))
                .startsWith("00-" + SENDERS_TRACE + '-')
                .endsWith("-01");
        Span request = trace(SENDERS_TRACE, 4).get("POST /callbacks/extension-status");
        assertThat(hex(request.getParentSpanId())).isEqualTo(SENDERS_SPAN);

        post("traced-3", "traceparent", "00-%s-%s-00".formatted(SENDERS_TRACE.replace('0', '1'), SENDERS_SPAN));
        post("traced-4", "traceparent", "not a trace context");
        trace(traceId(traceparent("traced-4")), 4);
        assertThat(spans)
                .as("the sender does not sample this trace")
                .noneMatch(span -> hex(span.getTraceId()).equals(SENDERS_TRACE.replace('0', '1')));
        assertThat(traceparent("traced-3")).endsWith("-00");
    }

    @Test
    void aBodysItemsHaveSpansOfTheirOwn() {
        gateway.post(
                "/callbacks",
                "application/json",
                "[{\"uuid\":\"item-1\",\"status\":\"ring\"},{\"uuid\":\"item-2\",\"status\":\"ring\"},{broken]");
        gateway.post(
                "/callbacks",
                "application/json",
                "[{\"uuid\":\"item-3\",\"status\":\"ring\"},{\"uuid\":\"item-4\",\"status\":\"ring\"},{}]");
        String trace = traceId(traceparent("item-3"));
        assertThat(traceId(traceparent("item-4"))).isEqualTo(trace);
        List<String> names = await().until(
                        () -> spans.stream()
                                .filter(span -> hex(span.getTraceId()).equals(trace))
                                .map(Span::getName)
                                .sorted()
                                .toList(),
                        found -> found.size() == 8);
        assertThat(names)
                .containsExactly(
                        "POST /callbacks",
                        "append journal",
                        "create calls.events",
                        "create calls.events",
                        "create calls.quarantine",
                        "send calls.events",
                        "send calls.events",
                        "send calls.quarantine");
    }

    @Test
    void aCollectorThatFailsCostsTracesOnlyAndIsCounted() throws Exception {
        collectorsAnswer = 503;
        assertThat(post("traced-5")).isEqualTo(200);
        await().until(() -> gateway.metric("callstream_spans_failed_total") == 4);
        collectorsAnswer = 200;
        assertThat(post("traced-6")).isEqualTo(200);
        await().until(() -> gateway.metric("callstream_spans_exported_total") == 4);
        assertThat(gateway.metric("callstream_spans_ended_total")).isEqualTo(8);
        assertThat(spans).hasSize(4);
    }
}
