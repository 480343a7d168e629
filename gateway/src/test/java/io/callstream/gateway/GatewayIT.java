package io.callstream.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.CallbackApi;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tests the external contract, answer by answer: real HTTP requests in, the records of a real broker out. */
@Timeout(120)
class GatewayIT {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Map<String, Topic> TOPICS = new HashMap<>();
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(TestBroker.bootstrapServers(), "callstream.ingress.body-timeout=1s");
    }

    @AfterAll
    static void stop() {
        TOPICS.values().forEach(Topic::close);
        gateway.close();
    }

    private static Topic topic(String name) {
        return TOPICS.computeIfAbsent(name, topic -> new Topic(TestBroker.bootstrapServers(), topic));
    }

    static Stream<Arguments> pairsInEveryForm() {
        return Pairs.all().stream()
                .flatMap(pair -> Stream.of("urlencoded", "multipart", "json", "array", "twice")
                        .map(form -> arguments(pair, form)));
    }

    @ParameterizedTest
    @MethodSource("pairsInEveryForm")
    void everyPairComesOutAsItIsWritten(Pairs.Pair pair, String form) throws Exception {
        // An own uuid, because the other forms publish the same pair.
        String mark = form + '-' + System.nanoTime();
        String text = marked(pair.text(), pair.key(), mark);
        HttpResponse<String> response = switch (form) {
            case "urlencoded" -> post("/callbacks/bill", FORM, detail(text));
            case "multipart" ->
                post(
                        "/callbacks/extension-status",
                        "multipart/form-data; boundary=b",
                        "--b\r\nContent-Disposition: form-data; name=\"detail\"; filename=\"x\"\r\n"
                                + "Content-Type: application/json\r\n\r\n" + text + "\r\n--b--\r\n");
            case "json" -> post("/callbacks", "application/json", text);
            case "array" -> post("/callbacks/", "application/json", "[" + text + "]");
            default -> post("/callbacks", FORM, detail(Pairs.JSON.writeValueAsString(text)));
        };

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("success");
        ConsumerRecord<byte[], byte[]> record = topic(pair.topic())
                .await(1, found -> mark.equals(Topic.key(found)))
                .get(0);
        ObjectNode event = (ObjectNode) Pairs.JSON.readTree(record.value());
        Map<String, String> headers = Topic.headers(record);
        assertThat(headers.get("ce_time")).isEqualTo(event.remove("receivedAt").asString());
        assertThat(headers)
                .containsKeys("ce_id", "ce_source", "ce_type", "callstream-origin")
                .containsEntry("ce_subject", mark);
        assertThat(event).isEqualTo(Pairs.JSON.readTree(marked(pair.event().toString(), pair.key(), mark)));
    }

    private static String marked(String text, String key, String mark) {
        return text.replace(key, mark);
    }

    @Test
    void aRepeatHasTheSameIdInEveryFormAndACorrectionAnother() {
        String mark = "repeat-" + System.nanoTime();
        String bill = "{\"uuid\":\"%s\",\"billsec\":19,\"recordfilename\":\"\",\"userkey\":0}".formatted(mark);
        String turned = "{ \"userkey\" : \"0\",\n\"recordfilename\":\"\", \"billsec\":\"19\" , \"uuid\":\"%s\" }"
                .formatted(mark);
        post("/callbacks/bill", FORM, detail(bill));
        post("/callbacks", FORM, detail(Pairs.JSON.writeValueAsString(turned)));
        post("/callbacks", FORM, "uuid=" + mark + "&userkey=0&billsec=19&recordfilename=");
        post(
                "/callbacks/bill",
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n" + turned + "\r\n--b--\r\n");
        post("/callbacks/extension-status", "application/json", turned);
        post("/callbacks", "application/json", "[" + bill + "," + turned + "]");
        post("/callbacks/bill", FORM, detail(bill.replace("\"recordfilename\":\"\"", "\"recordfilename\":\"a.mp3\"")));

        List<Map<String, String>> headers =
                events(mark, 8).stream().map(Topic::headers).toList();
        assertThat(headers.subList(0, 7))
                .extracting(header -> header.get("ce_id"))
                .containsOnly(headers.get(0).get("ce_id"));
        assertThat(headers.get(7).get("ce_id")).isNotEqualTo(headers.get(0).get("ce_id"));
        assertThat(headers)
                .extracting(header -> header.get("callstream-origin"))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyRecordIsACloudEventToTheCloudEventsSdk() {
        String mark = "sdk-" + System.nanoTime();
        post(
                "/callbacks",
                FORM,
                detail("{\"uuid\":\"%s\",\"status\":\"ring\",\"companycode\":\"a/ü b\"}".formatted(mark)));
        ConsumerRecord<byte[], byte[]> own = events(mark, 1).get(0);
        assertThat(KafkaMessageFactory.createReader(own).toEvent().getSource())
                .isEqualTo(URI.create("/callstream/a%2F%C3%BC%20b"));

        assertThat(topic("calls.events").read()).allSatisfy(record -> {
            Map<String, String> headers = Topic.headers(record);
            CloudEvent event = KafkaMessageFactory.createReader(record).toEvent();
            assertThat(event.getSpecVersion()).isEqualTo(SpecVersion.V1);
            assertThat(event.getId()).isEqualTo(headers.get("ce_id"));
            assertThat(event.getSource()).hasToString(headers.get("ce_source"));
            assertThat(event.getType()).isEqualTo(headers.get("ce_type"));
            assertThat(event.getTime().toInstant()).isEqualTo(Instant.parse(headers.get("ce_time")));
            assertThat(event.getSubject()).isEqualTo(Topic.key(record));
            assertThat(event.getDataContentType()).isEqualTo("application/json");
            assertThat(event.getExtension("partitionkey")).isEqualTo(Topic.key(record));
            assertThat(event.getExtensionNames()).containsExactly("partitionkey");
            assertThat(event.getData().toBytes()).isEqualTo(record.value());
        });
    }

    static Stream<Arguments> undecodable() {
        return Stream.of(
                arguments(FORM, "detail=%7Bbroken", "{broken", "not-json"),
                arguments(FORM, "detail=", "", "empty"),
                arguments(FORM, "detail=%ff%fe", null, "not-text"),
                arguments(FORM, "detail=%5B%5D", "[]", "not-an-object"),
                arguments(FORM, "foo=bar&x=1", "foo=bar&x=1", "no-call-id"),
                arguments(FORM, "detail=%zz", "detail=%zz", "malformed-form"),
                arguments(FORM, "", "", "empty"),
                arguments(
                        "application/json",
                        "{\"uuid\":\"u\",\"uuid\":\"u\"}",
                        "{\"uuid\":\"u\",\"uuid\":\"u\"}",
                        "duplicate-field"),
                arguments("application/json", " [1, 2", " [1, 2", "not-json"),
                arguments("multipart/form-data", "--b", "--b", "malformed-form"),
                arguments("text/plain", "{\"uuid\":\"u\"}", "{\"uuid\":\"u\"}", "unsupported-media-type"));
    }

    @ParameterizedTest
    @MethodSource("undecodable")
    void whatCannotBeDecodedIsKeptByteForByte(String type, String body, String kept, String reason) throws Exception {
        HttpResponse<String> response = post("/callbacks/bill", type, body);

        assertThat(response.statusCode()).isEqualTo(reason.equals("unsupported-media-type") ? 415 : 400);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
        JsonNode problem = Pairs.JSON.readTree(response.body());
        assertThat(problem.get("reason").asString()).isEqualTo(reason);
        assertThat(problem.get("detail").asString()).endsWith(".").doesNotContain("Source");
        assertThat(problem.get("positions")).isEqualTo(Pairs.JSON.readTree("[0]"));
        ConsumerRecord<byte[], byte[]> record =
                quarantined(problem.get("quarantineId").asString());
        if (kept == null) {
            assertThat(record.value()).containsExactly(0xff, 0xfe);
        } else {
            assertThat(Topic.value(record)).isEqualTo(kept);
        }
        assertThat(Topic.headers(record))
                .containsEntry("callstream-reason", reason)
                .containsEntry("callstream-explanation", problem.get("detail").asString())
                .containsEntry("callstream-path", "/callbacks/bill")
                .containsEntry("callstream-tenant", "default")
                .containsEntry("content-type", type)
                .containsKeys("callstream-received-at", "callstream-origin");
    }

    @Test
    void theGoodItemsOfABodyArePublishedAndTheBadOnesNamed() throws Exception {
        String mark = "mixed-" + System.nanoTime();
        String good = "{\"uuid\":\"" + mark + "\",\"status\":\"%s\"}";
        HttpResponse<String> response = post(
                "/callbacks",
                "application/json",
                "[" + good.formatted("ring") + ", {\"uuid\":\"" + mark + "\",\"x\":1,\"x\":2},"
                        + good.formatted("answer") + ",7 ]");

        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode problem = Pairs.JSON.readTree(response.body());
        assertThat(problem.get("positions")).isEqualTo(Pairs.JSON.readTree("[1,3]"));
        assertThat(events(mark, 2))
                .extracting(record -> Topic.headers(record).get("ce_type"))
                .containsExactly("io.callstream.call.ring.v1", "io.callstream.call.answer.v1");
        ConsumerRecord<byte[], byte[]> bad =
                quarantined(problem.get("rejected").get(0).get("quarantineId").asString());
        assertThat(Topic.key(bad)).isEqualTo(mark);
        assertThat(Topic.value(bad)).isEqualTo("{\"uuid\":\"" + mark + "\",\"x\":1,\"x\":2}");
        assertThat(Topic.value(quarantined(
                        problem.get("rejected").get(1).get("quarantineId").asString())))
                .isEqualTo("7");
    }

    @Test
    void severalDetailsStandInTheirOrder() throws Exception {
        String mark = "several-" + System.nanoTime();
        StringBuilder body = new StringBuilder();
        for (String status : List.of("ring", "answer", "hangup")) {
            body.append('&').append(detail("{\"uuid\":\"" + mark + "\",\"status\":\"" + status + "\"}"));
        }
        assertThat(post("/callbacks", FORM, body.toString()).statusCode()).isEqualTo(200);
        assertThat(events(mark, 3))
                .extracting(record -> Topic.headers(record).get("ce_type"))
                .containsExactly(
                        "io.callstream.call.ring.v1", "io.callstream.call.answer.v1", "io.callstream.call.hangup.v1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/callbacks", "/callbacks/extension-status", "/callbacks/bill"})
    void theAddressCanBeTested(String path) throws Exception {
        HttpResponse<String> response = TestGateway.get(gateway.url(path));
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("POST");
        assertThat(response.body()).contains("This is the right address; the platform must POST here.");
    }

    static Stream<Arguments> refused() {
        String head = " HTTP/1.1\r\nHost: x\r\nContent-Type: " + FORM + "\r\n";
        return Stream.of(
                arguments(404, "POST /elsewhere" + head + "Content-Length: 0\r\n\r\n"),
                arguments(405, "PUT /callbacks" + head + "Content-Length: 0\r\n\r\n"),
                arguments(405, "BREW /callbacks/bill" + head + "Content-Length: 0\r\n\r\n"),
                arguments(403, "POST /keys/guess/callbacks" + head + "Content-Length: 0\r\n\r\n"),
                arguments(408, "POST /callbacks" + head + "Content-Length: 9\r\n\r\ndetail="),
                arguments(413, "POST /callbacks" + head + "Content-Length: 65537\r\n\r\n"),
                arguments(
                        413,
                        "POST /callbacks" + head + "Transfer-Encoding: chunked\r\n\r\n10001\r\n" + "a".repeat(65537)
                                + "\r\n0\r\n\r\n"),
                arguments(414, "GET /" + "a".repeat(9000) + head + "\r\n"),
                arguments(431, "POST /callbacks" + head + "X-Large: " + "a".repeat(9000) + "\r\n\r\n"),
                arguments(400, "NONSENSE\r\n\r\n"),
                arguments(400, "POST /callbacks" + head + "Content-Length: -1\r\n\r\n"),
                arguments(400, "POST /callbacks" + head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aRefusalSaysWhatToDo(int status, String request) throws Exception {
        String answer = raw(request);
        assertThat(answer).startsWith("HTTP/1.1 " + status + ' ');
        int end = answer.indexOf("\r\n\r\n");
        Map<String, List<String>> headers = answer.substring(0, end)
                .lines()
                .skip(1)
                .map(line -> line.split(": ?", 2))
                .collect(Collectors.toMap(header -> header[0], header -> List.of(header[1])));
        CallbackApi.check(status, headers, answer.substring(end));
        assertThat(answer).containsIgnoringCase("content-type: application/problem+json");
        JsonNode problem = Pairs.JSON.readTree(answer.substring(end));
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asString()).endsWith(".").hasSizeGreaterThan(20);
    }

    @Test
    void aBodyOfExactlyTheLimitIsRead() throws Exception {
        String start = "{\"uuid\":\"full-" + System.nanoTime() + "\",\"status\":\"ring\",\"x\":\"";
        String body = start + "a".repeat(65536 - start.length() - 2) + "\"}";
        assertThat(post("/callbacks", "application/json", body).statusCode()).isEqualTo(200);
    }

    @Test
    void aSenderThatGoesAwayHarmsNobody() throws Exception {
        String gone = "callstream_requests_refused_total{status=\"499\"}";
        double before = metric(gone);
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
                socket.getOutputStream()
                        .write("POST /callbacks HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ndetail="
                                .getBytes(UTF_8));
            }
        }
        assertThat(post("/callbacks", FORM, detail("{\"uuid\":\"after\",\"status\":\"ring\"}"))
                        .statusCode())
                .isEqualTo(200);
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> metric(gone) >= before + 20);
    }

    @Test
    void everyProbeIsAnswered() throws Exception {
        for (int i = 0; i < 500; i++) {
            assertThat(get("/actuator/health/liveness")).contains("\"status\":\"UP\"");
            assertThat(get("/actuator/prometheus")).contains("callstream_journal_records");
        }
    }

    @Test
    void theOperatorsPortTakesNoCallbacks() throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gateway.operatorsUrl("/callbacks")))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"uuid\":\"u\",\"status\":\"ring\"}"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(404);
    }

    @Test
    void theContractIsServedAsItStandsInTheJarAndToOperatorsOnly() throws Exception {
        for (String file : List.of("openapi.yaml", "asyncapi.yaml", "schemas/ring.v1.json", "schemas/bill.v1.json")) {
            HttpResponse<String> response = TestGateway.get(gateway.operatorsUrl("/contract/" + file));
            assertThat(response.statusCode()).as(file).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type"))
                    .hasValue(file.endsWith("yaml") ? "application/yaml" : "application/json");
            try (InputStream inTheJar = GatewayIT.class.getResourceAsStream("/contract/" + file)) {
                assertThat(response.body()).isEqualTo(new String(inTheJar.readAllBytes(), UTF_8));
            }
            assertThat(TestGateway.get(gateway.url("/contract/" + file)).statusCode())
                    .isEqualTo(404);
        }
        assertThat(TestGateway.get(gateway.operatorsUrl("/contract/nothing")).statusCode())
                .isEqualTo(404);
        assertThat(TestGateway.get(gateway.operatorsUrl("/contract")).headers().firstValue("location"))
                .hasValue("/contract/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "openapi.html", "asyncapi.html"})
    void whateverAPageOfTheContractNeedsIsServedWithIt(String page) throws Exception {
        HttpResponse<String> response = TestGateway.get(gateway.operatorsUrl("/contract/" + page));
        assertThat(response.headers().firstValue("content-type")).hasValue("text/html;charset=UTF-8");
        List<String> needed = Pattern.compile("(?:href=|src=|url: |new URL\\()\"(?!#|https:)([^\"]+)\"")
                .matcher(response.body())
                .results()
                .map(link -> link.group(1))
                .toList();
        assertThat(needed)
                .hasSizeGreaterThan(2)
                .allSatisfy(link -> assertThat(TestGateway.get(gateway.operatorsUrl("/contract/" + link))
                                .statusCode())
                        .as(link)
                        .isEqualTo(200));
    }

    @Test
    void operatorsSeeItAll() throws Exception {
        post("/callbacks", FORM, detail("{\"uuid\":\"seen\",\"status\":\"ring\"}"));
        post("/callbacks", FORM, "detail=x");
        assertThat(metric("callstream_callbacks_total{kind=\"ring\",outcome=\"durable\",tenant=\"default\"}"))
                .isPositive();
        assertThat(metric("callstream_callbacks_total{kind=\"undecodable\",outcome=\"durable\",tenant=\"default\"}"))
                .isPositive();
        assertThat(metric("callstream_quarantined_total{reason=\"not-json\"}")).isPositive();
        assertThat(metric("callstream_answer_time_seconds_count")).isPositive();
        assertThat(metric("callstream_answer_time_seconds_bucket{le=\"0.5\"}")).isPositive();
        assertThat(metric("callstream_journal_records")).isZero();
        assertThat(metric("callstream_journal_oldest_age_seconds")).isZero();
        assertThat(metric("callstream_relay_in_flight")).isZero();
        assertThat(metric("callstream_relay_connected")).isEqualTo(1);
        assertThat(metric("callstream_callbacks_last_time_seconds{tenant=\"default\"}"))
                .isGreaterThan(System.currentTimeMillis() / 1000.0 - 60);
        assertThat(get("/actuator/health/readiness")).contains("\"status\":\"UP\"");
        assertThat(get("/actuator/health/liveness")).contains("\"status\":\"UP\"");
        assertThat(get("/actuator/prometheus")).doesNotContain("http_server_requests");
    }

    private static double metric(String name) throws Exception {
        return get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + ' '))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static String get(String path) throws Exception {
        return TestGateway.get(gateway.operatorsUrl(path)).body();
    }

    private static List<ConsumerRecord<byte[], byte[]>> events(String call, int count) {
        return topic("calls.events").await(count, found -> call.equals(Topic.key(found)));
    }

    private static ConsumerRecord<byte[], byte[]> quarantined(String id) {
        return topic("calls.quarantine")
                .await(1, found -> id.equals(Topic.headers(found).get("callstream-quarantine-id")))
                .get(0);
    }

    private static String detail(String text) {
        return "detail=" + URLEncoder.encode(text, UTF_8);
    }

    private static HttpResponse<String> post(String path, String type, String body) {
        return gateway.post(path, type, body);
    }

    /** Sends the bytes unchanged and reads one answer. */
    private static String raw(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(UTF_8));
            out.flush();
            StringBuilder answer = new StringBuilder();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[4096];
            for (int read; answer.indexOf("}") < 0 && (read = in.read(buffer)) >= 0; ) {
                answer.append(new String(buffer, 0, read, UTF_8));
            }
            return answer.toString();
        }
    }
}
