package io.callstream.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.RawHttp;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Posts requests like those of real senders that once went wrong, byte for byte (files in {@code cases}). Checks the
 * answer and the records in Kafka.
 */
@Timeout(120)
class CasesIT {

    private static TestGateway gateway;
    private static Topic events;
    private static Topic quarantine;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(TestBroker.bootstrapServers());
        events = new Topic(TestBroker.bootstrapServers(), "calls.events");
        quarantine = new Topic(TestBroker.bootstrapServers(), "calls.quarantine");
    }

    @AfterAll
    static void stop() {
        events.close();
        quarantine.close();
        gateway.close();
    }

    private static RawHttp.Answers send(String file) {
        return RawHttp.send(gateway.port(), RawHttp.file(file));
    }

    private static JsonNode event(String call) {
        List<ConsumerRecord<byte[], byte[]>> found = events.await(1, record -> call.equals(Topic.key(record)));
        return Pairs.JSON.readTree(found.get(found.size() - 1).value());
    }

    private static ConsumerRecord<byte[], byte[]> quarantined(RawHttp.Answers answers) {
        String id = Pairs.JSON.readTree(answers.body()).get("quarantineId").asString();
        return quarantine
                .await(1, record -> id.equals(Topic.headers(record).get("callstream-quarantine-id")))
                .get(0);
    }

    private static String bodyOf(String file) {
        String request = new String(RawHttp.file(file), ISO_8859_1);
        return request.substring(request.indexOf("\r\n\r\n") + 4);
    }

    static Stream<Arguments> wrongMethod() {
        return Stream.of(
                arguments("01-redirected-post.http", "the platform must POST here."),
                arguments("02-get-with-callback.http", "its data was not stored: set the method to POST."));
    }

    @ParameterizedTest
    @MethodSource("wrongMethod")
    void aRequestThatStoresNothingIsNever2xx(String file, String sentence) throws Exception {
        double before = gateway.metric("callstream_requests_refused_total");
        RawHttp.Answers answers = send(file);
        assertThat(answers.statuses()).containsExactly(405);
        assertThat(answers.text()).containsIgnoringCase("allow: POST").contains(sentence);
        assertThat(gateway.metric("callstream_requests_refused_total")).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"})
    void everyOtherMethodIsAnsweredWithTheRightOne(String method) {
        RawHttp.Answers answers =
                RawHttp.send(gateway.port(), method + " /callbacks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answers.statuses()).containsExactly(405);
        assertThat(answers.text()).containsIgnoringCase("allow: POST");
    }

    @Test
    void aCallbackInTheAddressIsKeptWithItsQuery() {
        RawHttp.Answers answers = send("02-post-query-only.http");
        assertThat(answers.statuses()).containsExactly(400);
        assertThat(answers.body()).contains("The body is empty and the address has a query");
        ConsumerRecord<byte[], byte[]> record = quarantined(answers);
        assertThat(record.value()).isEmpty();
        assertThat(Topic.headers(record))
                .containsEntry(
                        "callstream-query",
                        "detail=%7B%22uuid%22%3A%22call-2-02%22%2C%22callmethod%22%3A5%2C%22billsec%22%3A19%7D");
    }

    static Stream<Arguments> read() {
        return Stream.of(
                arguments("08-base64.http", "call-2-08"),
                arguments("08-quoted-printable.http", "call-2-08"),
                arguments("09-content-encoding-utf8.http", "call-2-09"),
                arguments("11-folded-disposition.http", "call-2-11"),
                arguments("12-braces-in-query.http", "call-2-12"),
                arguments("13-multipart-called-urlencoded.http", "call-2-13"));
    }

    @ParameterizedTest
    @MethodSource("read")
    void whatIsReadableWithoutGuessingIsRead(String file, String call) {
        assertThat(send(file).statuses()).containsExactly(200);
        assertThat(event(call).get("callId").asString()).isEqualTo(call);
    }

    @Test
    void aDeclaredTransferEncodingIsUndone() {
        assertThat(send("08-quoted-printable.http").statuses()).containsExactly(200);
        events.await(
                1,
                record -> "call-2-08".equals(Topic.key(record))
                        && Pairs.JSON
                                .readTree(record.value())
                                .at("/custom/memberId")
                                .asString("")
                                .equals("\u4e2d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"06-unescaped-ampersand.http", "06-empty-detail-and-flat-fields.http"})
    void anItemThatMayHaveBeenCutIsKeptAsTheWholeBody(String file) {
        RawHttp.Answers answers = send(file);
        assertThat(answers.statuses()).containsExactly(400);
        assertThat(answers.body()).contains("an & in its value may not have been escaped as %26.");
        ConsumerRecord<byte[], byte[]> record = quarantined(answers);
        assertThat(Topic.value(record)).isEqualTo(bodyOf(file));
        assertThat(Topic.headers(record)).doesNotContainKey("callstream-charset");
    }

    @Test
    void aPartsCharsetIsKept() {
        RawHttp.Answers answers = send("07-part-charset-gbk.http");
        assertThat(answers.statuses()).containsExactly(400);
        ConsumerRecord<byte[], byte[]> record = quarantined(answers);
        assertThat(Topic.headers(record)).containsEntry("callstream-charset", "GBK");
        assertThat(new String(record.value(), Charset.forName("GBK")))
                .isEqualTo("{\"billsec\":7,\"memberid\":\"\u4e2d\u6587\"}");
    }

    @Test
    void aPlusSignThatWasNotEscapedIsWarnedOf() {
        assertThat(send("15-plus.http").statuses()).containsExactly(200);
        assertThat(event("call-2-15").get("warnings").toString())
                .contains("callee: begins with a blank; a plus sign that is not escaped as %2B is read as one");
        // An escaped plus sign gets no warning.
        RawHttp.send(
                gateway.port(),
                form(
                        "detail=%7B%22uuid%22%3A%22plus%22%2C%22status%22%3A%22ring%22%2C%22callee%22%3A%22%2B495550100%22%7D"));
        assertThat(event("plus").has("warnings")).isFalse();
        assertThat(event("plus").get("callee").asString()).isEqualTo("+495550100");
    }

    @Test
    void aPlaceholderIsNoId() {
        assertThat(send("17-uuid-zero.http").statuses()).containsExactly(200);
        assertThat(event("leg-2-17").get("warnings").toString()).contains("uuid: missing, buuid stands in");
        for (String none : List.of("0", "\"0\"", "\"null\"", "\"undefined\"", "null", "\" \u00a0\"")) {
            assertThat(json("{\"uuid\":%s,\"buuid\":%s,\"status\":\"ring\"}".formatted(none, none))
                            .body())
                    .as(none)
                    .contains("no-call-id");
        }
    }

    @Test
    void datesOfZerosAreNeverAndOldOnesAreWarnedOf() {
        assertThat(send("19-zero-dates.http").statuses()).containsExactly(200);
        JsonNode event = event("call-2-19");
        assertThat(event.has("answeredAt")).isFalse();
        assertThat(event.get("callStartedAt").asString()).isEqualTo("2021-02-09T02:00:03Z");
        assertThat(event.get("warnings")).hasSize(1);
        assertThat(event.get("warnings").toString()).contains("endtime: before the year 2000");
        json(
                "{\"uuid\":\"zeros\",\"callmethod\":5,\"billsec\":0,\"answertime\":\"0000-00-00 00:00:00\",\"endtime\":\"0000-00-00\"}");
        assertThat(event("zeros").has("warnings")).isFalse();
    }

    @Test
    void unicodesBlanksAreBlanksAndNulIsWarnedOf() {
        json(
                "{\"uuid\":\"\\u00a0blank\\u200b\\ufeff\",\"status\":\"\\u3000ring \",\"memberid\":\"a\",\"callee\":\"55\\u00005\"}");
        JsonNode event = event("blank");
        assertThat(event.get("kind").asString()).isEqualTo("ring");
        assertThat(event.get("warnings").toString()).contains("callee: contains NUL");
    }

    @Test
    void bytesStoredAreBoundedByBytesSent() {
        for (String file : List.of("hostile/03-array-2000-ones.http", "hostile/05-array-2000-utf16be-30k.http")) {
            RawHttp.Answers answers = send(file);
            assertThat(answers.statuses()).as(file).containsExactly(400);
            assertThat(answers.text().length()).as(file).isLessThan(10_000);
            ConsumerRecord<byte[], byte[]> record = quarantined(answers);
            assertThat(record.value()).isEqualTo(bodyOf(file).getBytes(ISO_8859_1));
            String id = Topic.headers(record).get("callstream-quarantine-id");
            assertThat(quarantine.read().stream()
                            .filter(other -> Arrays.equals(other.value(), record.value()))
                            .filter(other -> id.equals(Topic.headers(other).get("callstream-quarantine-id"))))
                    .hasSize(1);
        }
        String ids = IntStream.range(0, 2000)
                .mapToObj("{\"uuid\":%d}"::formatted)
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        RawHttp.Answers amplified = json("[" + ids + "]");
        assertThat(amplified.body()).contains("would take more than 16 times the bytes of the body");
        assertThat(Topic.value(quarantined(amplified))).isEqualTo("[" + ids + "]");
    }

    @Test
    void aFewRejectedItemsAreKeptByThemselvesAndManyAsTheWholeBody() {
        String good = "{\"uuid\":\"few-or-many\",\"status\":\"ring\",\"callee\":\"%s\"}".formatted("5".repeat(100));
        JsonNode few =
                Pairs.JSON.readTree(json("[" + good + ",1,2," + good + "]").body());
        assertThat(few.get("rejected").get(0).get("quarantineId"))
                .isNotEqualTo(few.get("rejected").get(1).get("quarantineId"));
        events.await(2, record -> "few-or-many".equals(Topic.key(record)));
        String many = "[" + good + ",1,2,3,4,5,6,7,8,9,10,11," + good + "]";
        RawHttp.Answers answers = json(many);
        assertThat(answers.body()).contains("11 of 13 items cannot be decoded; the others are published.");
        assertThat(Topic.value(quarantined(answers))).isEqualTo(many);
        events.await(4, record -> "few-or-many".equals(Topic.key(record)));
    }

    @Test
    void unknownCharsetsAreRefused() {
        RawHttp.Answers answers = send("hostile/07-part-with-unknown-charsets-16k.http");
        assertThat(answers.statuses()).containsExactly(400);
        assertThat(answers.body()).contains("A part of the form has two content-type headers: send one.");
        assertThat(RawHttp.send(
                                gateway.port(),
                                request(
                                        "multipart/form-data; boundary=b",
                                        "--b\r\nContent-Disposition: form-data; name=detail\r\nContent-Type: text/plain; charset=klingon\r\n\r\n{}\r\n--b--"))
                        .body())
                .contains("The charset of a part is not known: send UTF-8.");
        assertThat(RawHttp.send(gateway.port(), request("application/json; charset=klingon", "{}"))
                        .body())
                .contains("The charset \\\"klingon\\\" is not known: send UTF-8.");
    }

    static Stream<Arguments> explained() {
        String form = "application/x-www-form-urlencoded";
        return Stream.of(
                arguments(
                        Map.of("Content-Encoding", "gzip"),
                        form,
                        "x",
                        "The body is compressed (Content-Encoding: gzip)"),
                arguments(
                        Map.of("Content-Encoding", "aws-chunked"),
                        form,
                        "x",
                        "The Content-Encoding \\\"aws-chunked\\\" is not known"),
                arguments(
                        Map.of("Content-Encoding", "UTF-16"),
                        form + "; charset=UTF-8",
                        "x",
                        "Content-Encoding names the charset UTF-16 and Content-Type the charset UTF-8"),
                arguments(
                        Map.of(),
                        "application/json",
                        "detail=%7B%7D",
                        "says JSON, but the body looks like application/x-www-form-urlencoded"),
                arguments(
                        Map.of(),
                        "application/json",
                        "--b\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n{}\r\n--b--",
                        "says JSON, but the body looks like multipart/form-data"),
                arguments(
                        Map.of(),
                        form,
                        "--b\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n{}\r\n--b--",
                        "but the body is multipart"),
                arguments(
                        Map.of(),
                        "multipart/form-data",
                        "detail=%7B%7D",
                        "names no boundary; the body looks like application/x-www-form-urlencoded"),
                arguments(
                        Map.of(),
                        "multipart/form-data; boundary=b",
                        "detail=%7B%7D",
                        "names the boundary \\\"b\\\", which is not in the body"),
                arguments(
                        Map.of(),
                        "multipart/form-data; boundary=b",
                        "--b\nContent-Disposition: form-data; name=detail\n\n{}\n--b--",
                        "end each line of the form with CR and LF"),
                arguments(
                        Map.of(),
                        "multipart/form-data; boundary=b",
                        "--b\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n{}\r\n--b--",
                        "Content-Transfer-Encoding that is not known"),
                arguments(
                        Map.of(),
                        "multipart/form-data; boundary=b",
                        "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--",
                        "declares Content-Transfer-Encoding: base64, and its bytes are not"),
                arguments(Map.of(), form, "detail[]=%7B%7D", "array fields, such as \\\"detail[]\\\""),
                arguments(Map.of(), form, "call[uuid]=1&call[status]=ring", "array fields, such as \\\"call[uuid]\\\""),
                arguments(
                        Map.of(), form, "detail=%zz", "a percent sign there is not followed by two hexadecimal digits"),
                arguments(
                        Map.of(),
                        "application/json",
                        "{\"uuid\":\"n\",\"n\":" + "9".repeat(1001) + "}",
                        "a number 1,000 digits"),
                arguments(
                        Map.of(),
                        "application/json",
                        "{\"uuid\":\"n\",\"" + "k".repeat(1001) + "\":1}",
                        "a field's name may have 1,000 characters"));
    }

    @ParameterizedTest
    @MethodSource("explained")
    void anExplanationNamesTheCause(Map<String, String> headers, String type, String body, String sentence) {
        StringBuilder more = new StringBuilder();
        headers.forEach(
                (name, value) -> more.append(name).append(": ").append(value).append("\r\n"));
        String request = request(type, body).replace("Content-Length", more + "Content-Length");
        RawHttp.Answers answers = RawHttp.send(gateway.port(), request);
        assertThat(answers.statuses().get(0)).isIn(400, 415);
        assertThat(answers.body()).contains(sentence);
        ConsumerRecord<byte[], byte[]> record = quarantined(answers);
        assertThat(record.value()).isEqualTo(body.getBytes(ISO_8859_1));
        assertThat(Topic.headers(record)).containsEntry("content-type", type);
        headers.forEach((name, value) -> assertThat(Topic.headers(record)).containsEntry("content-encoding", value));
    }

    @Test
    void whatAWebPageSendsIsRefusedWhereOnlyThisMachineMayPost() {
        assertThat(send("hostile/16-cross-site-form.http").statuses()).containsExactly(403);
        String body = "detail=%7B%22uuid%22%3A%22page%22%2C%22status%22%3A%22ring%22%7D";
        for (String head : List.of(
                "Host: x\r\nSec-Fetch-Site: same-site",
                "Host: x\r\nOrigin: http://evil.example",
                "Host: x\r\nOrigin: null",
                "Host: evil.example",
                "Host: evil.example:8080",
                "Host: 192.0.2.1")) {
            assertThat(RawHttp.send(gateway.port(), form(body).replace("Host: x", head))
                            .statuses())
                    .as(head)
                    .containsExactly(403);
        }
        for (String head : List.of(
                "Host: x",
                "Host: gateway:8080",
                "Host: localhost",
                "Host: 127.0.0.1:8080",
                "Host: [::1]:8080",
                "Host: x\r\nSec-Fetch-Site: same-origin\r\nOrigin: http://127.0.0.1:8080",
                "Host: x\r\nSec-Fetch-Site: none")) {
            assertThat(RawHttp.send(gateway.port(), form(body).replace("Host: x", head))
                            .statuses())
                    .as(head)
                    .containsExactly(200);
        }
    }

    @Test
    void theOperatorsPortServesNoPageOfAnotherOrigin() {
        for (String head : List.of(
                "Host: evil.example",
                "Host: evil.example:8081",
                "Host: localhost\r\nOrigin: http://evil.example",
                "Host: localhost\r\nOrigin: null")) {
            assertThat(operators(head)).as(head).satisfies(answer -> {
                assertThat(answer.statuses()).containsExactly(403);
                assertThat(answer.body()).contains("management.server.address").doesNotContain("callstream_");
            });
        }
        for (String head : List.of(
                "Host: localhost:8081",
                "Host: 127.0.0.1",
                "Host: x\r\nSec-Fetch-Site: cross-site",
                "Host: 127.0.0.1\r\nOrigin: http://127.0.0.1:8081")) {
            assertThat(operators(head).statuses()).as(head).containsExactly(200);
        }
    }

    private static RawHttp.Answers operators(String head) {
        return RawHttp.send(
                gateway.operatorsPort(),
                "GET /actuator/prometheus HTTP/1.1\r\n" + head + "\r\nConnection: close\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"03-forwarded-host-url.http", "03-forwarded-prefix.http"})
    void whatAProxyAddsNeverDecides(String file) {
        assertThat(send(file).statuses()).containsExactly(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?a={b}", "?%zz", "?a=\"<>\\^`|", "?a#b", "?\u00e9", "?", "?[]=1&;", "?a=%"})
    void oddCharactersInAnUnusedQueryDoNotRefuseACallback(String query) {
        String request = form("detail=%7B%22uuid%22%3A%22odd-query%22%2C%22status%22%3A%22ring%22%7D")
                .replace("/callbacks ", "/callbacks" + query + " ");
        assertThat(RawHttp.send(gateway.port(), request).statuses()).containsExactly(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%zz",
                "/{x}",
                "/actuator/health/%00",
                "//",
                "/contract/..%2f..%2fetc",
                "/[",
                "/%",
                "/a b",
                "/actuator/%2e%2e/x"
            })
    void oddPathsAreNotFoundOnTheOperatorsPort(String path) {
        RawHttp.Answers answers = RawHttp.send(gateway.operatorsPort(), "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(answers.statuses()).containsExactly(path.contains(" ") ? 400 : 404);
        assertThat(answers.text()).doesNotContain("\tat ").doesNotContain("trace");
    }

    private static RawHttp.Answers json(String body) {
        return RawHttp.send(gateway.port(), request("application/json", new String(body.getBytes(UTF_8), ISO_8859_1)));
    }

    private static String form(String body) {
        return request("application/x-www-form-urlencoded", body);
    }

    private static String request(String type, String body) {
        return "POST /callbacks HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(type, body.length(), body);
    }
}
