package io.callstream.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.RawHttp;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import io.callstream.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Posts phone numbers and secrets in every place of a request that senders fill with data, and requests that go wrong in every way that the other
 * tests know. Then searches all that the gateway says for the secrets and numbers.
 */
@Timeout(180)
class LeaksIT {

    private static final String SECRET = "leaky-secret-of-this-test";
    private static final String GUESS = "leaky-guess-of-this-test";
    private static final String NUMBER = "8613911223344";

    /** Evidence: the query of a quarantined request, with which the request can be reproduced. */
    private static final String QUERY = "callstream-query";

    private static final String BILL = ("{\"type\":\"callout\",\"callmethod\":6,\"starttime\":\"2021-02-09 10:00:03\","
                    + "\"destnumber\":\"NUMBER\",\"disnumber\":\"NUMBER\",\"customuuid\":\"NUMBER\",\"crmid\":\"NUMBER\","
                    + "\"recordfilename\":\"rec-NUMBER.wav\",\"companycode\":\"leaky\",\"hangupcause\":NUMBER,"
                    + "\"duration\":\"NUMBER\",\"billsec\":0,\"uuid\":\"leaks\",\"NUMBER\":{\"a\":[1,\"NUMBER\"]}}")
            .replace("NUMBER", NUMBER);

    @TempDir
    static Path folder;

    /** Collects whole log lines, with stack traces and thread names. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {

        private final Queue<String> all = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            all.add("%s %s %s %s %s"
                    .formatted(
                            event.getThreadName(),
                            event.getLoggerName(),
                            event.getFormattedMessage(),
                            event.getMDCPropertyMap(),
                            event.getThrowableProxy() == null
                                    ? ""
                                    : ThrowableProxyUtil.asString(event.getThrowableProxy())));
        }
    }

    private static String request(String line, String type, String body, String... headers) {
        return line + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type + "\r\n"
                + Stream.of(headers).map(header -> header + "\r\n").reduce("", String::concat)
                + "Content-Length: " + body.getBytes(ISO_8859_1).length + "\r\n\r\n" + body;
    }

    private static String basic(String secret) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(("leaky:" + secret).getBytes(UTF_8));
    }

    /** Requests that contain the number wherever a sender can write, decodable and not. */
    private static List<String> requests() {
        String good = "POST /keys/" + SECRET + "/callbacks";
        String json = "application/json";
        List<String> requests = new ArrayList<>();
        for (int end = 0; end <= BILL.length(); end += 3) {
            requests.add(request(good, json, BILL.substring(0, end)));
            requests.add(request(good, json, BILL.substring(0, end) + "\u0001" + BILL.substring(end)));
        }
        for (String type : List.of(
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=b",
                "multipart/form-data; boundary=other",
                "text/plain",
                json + ";charset=unknown")) {
            requests.add(request(good, type, "detail=" + BILL));
            requests.add(request(
                    good,
                    type,
                    "--b\r\nContent-Disposition: form-data; name=\"" + NUMBER + "\"\r\n\r\n" + BILL + "\r\n--b--\r\n"));
        }
        for (String query : List.of("?detail=" + NUMBER, "?key=" + SECRET, "?%zz" + NUMBER)) {
            requests.add(request(good + query, json, BILL));
            requests.add(request(good + query, json, "{"));
            requests.add(request("GET /keys/" + SECRET + "/callbacks" + query, json, ""));
        }
        requests.add(request("POST /callbacks?a=" + SECRET, json, "{", basic(SECRET)));
        requests.add(request("POST /callbacks", json, BILL, basic(SECRET), "Content-Encoding: unknown"));
        requests.add(request("POST /callbacks", json, BILL, basic(SECRET), "X-" + NUMBER + ": " + NUMBER));
        requests.add(request("POST /callbacks", json, BILL, basic(SECRET), NUMBER + " : bad"));
        requests.add(request("POST /callbacks", json, BILL, basic(SECRET), "Transfer-Encoding: " + NUMBER));
        requests.add(request("POST /callbacks", json, BILL, basic(SECRET), "Origin: http://" + NUMBER + ".example"));
        requests.add(request("POST /keys/" + SECRET + "/elsewhere/" + NUMBER, json, BILL));
        requests.add(request("POST /keys/" + SECRET + "/callbacks/../" + NUMBER, json, BILL));
        requests.add(request("BREW /keys/" + SECRET + "/callbacks", json, BILL));
        requests.add("POST /keys/" + SECRET + "/callbacks HTTP/" + NUMBER + "\r\n\r\n");
        requests.add(request(good, json, "[" + BILL + "," + NUMBER + ",{\"" + NUMBER + "\":"));
        requests.add(request(good, json, "x".repeat(70_000) + NUMBER));
        for (int i = 0; i < 6; i++) {
            requests.add(request("POST /keys/" + GUESS + "/callbacks", json, BILL));
            requests.add(request("POST /callbacks", json, BILL, basic(GUESS), "X-Forwarded-For: " + NUMBER));
        }
        return requests;
    }

    private static List<String> cases() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/resources/cases"))) {
            return files.filter(file -> file.toString().endsWith(".http"))
                    .map(file -> {
                        try {
                            return Files.readString(file, ISO_8859_1);
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    })
                    .map(request -> request.replaceFirst(" /callbacks", " /keys/" + SECRET + "/callbacks"))
                    .toList();
        }
    }

    @Test
    void noSecretAndNoPhoneNumberIsSaid() throws Exception {
        Path file = Files.writeString(folder.resolve("tenants.yaml"), """
                callstream.security.tenants:
                  leaky:
                    secrets: { first: { value: %s } }
                """.formatted(SECRET));
        Lines log = new Lines();
        log.start();
        Map<String, String> said = new LinkedHashMap<>();
        try (TestGateway gateway = TestGateway.start(
                TestBroker.bootstrapServers(),
                "callstream.security.tenants-file=" + file,
                "callstream.security.trusted-proxies=127.0.0.1",
                "callstream.ingress.body-timeout=1s",
                "callstream.ingress.head-timeout=1s")) {
            Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            root.addAppender(log);
            try {
                List<String> all = new ArrayList<>(requests());
                all.addAll(cases());
                Map<Integer, Integer> statuses = new LinkedHashMap<>();
                all.parallelStream().forEach(request -> {
                    RawHttp.Answers answers = RawHttp.send(gateway.port(), request.getBytes(ISO_8859_1));
                    synchronized (said) {
                        answers.statuses().forEach(status -> statuses.merge(status, 1, Integer::sum));
                        said.put("answer to " + said.size(), answers.text());
                    }
                });
                assertThat(statuses.keySet()).contains(200, 400, 401, 404, 405, 413, 415, 429);
                assertThat(statuses.keySet()).allMatch(status -> status < 500);
                for (String page : List.of("prometheus", "health", "info", "sbom")) {
                    said.put(
                            page,
                            TestGateway.get(gateway.operatorsUrl("/actuator/" + page))
                                    .body());
                }
                Thread.getAllStackTraces().keySet().forEach(thread -> said.put("thread " + thread, thread.getName()));
            } finally {
                root.detachAppender(log);
            }
        }
        log.all.forEach(line -> said.put("log line " + said.size(), line));
        for (String name : List.of(Topics.EVENTS, Topics.TASKS, Topics.QUARANTINE)) {
            try (Topic topic = new Topic(TestBroker.bootstrapServers(), name)) {
                for (ConsumerRecord<byte[], byte[]> record : topic.read()) {
                    Map<String, String> headers = Topic.headers(record);
                    String query = headers.getOrDefault(QUERY, "");
                    assertThat(query).doesNotContain(SECRET);
                    headers.remove(QUERY);
                    said.put(name + " " + record.partition() + " " + record.offset(), headers.toString());
                }
            }
        }
        assertThat(said.entrySet().stream()
                        .filter(entry -> Stream.of(SECRET, GUESS, NUMBER).anyMatch(entry.getValue()::contains)))
                .isEmpty();
        assertThat(log.all).as("the denied credentials are logged").isNotEmpty();
    }
}
