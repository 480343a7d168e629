package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.RawHttp;
import io.callstream.gateway.testing.TestGateway;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A request head that a proxy could read differently from the gateway is refused on both ports, and no request after it
 * is answered. Each form is sent on a raw socket, followed by a second request. Prints the table of forms.
 */
@Timeout(120)
class SmugglingIT {

    private static final String JSON = "{\"uuid\":\"te\",\"status\":\"ring\"}";
    private static final String CHUNKS = "1d\r\n" + JSON + "\r\n0\r\n\r\n";
    private static final String HEAD = "POST /callbacks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    private static final String SECOND = "GET /second HTTP/1.1\r\nHost: x\r\n\r\n";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(TestBroker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Map<String, String> refused() {
        Map<String, String> heads = new LinkedHashMap<>();
        for (String value : List.of(
                "Chunked",
                "CHUNKED",
                "xchunked",
                "chunked, xchunked",
                "xchunked, chunked",
                "chunked, chunked",
                "gzip, chunked",
                "identity",
                "identity, chunked",
                "chunked, identity",
                "",
                ", chunked",
                "chunked;q=1",
                "\u000bchunked",
                "\u0000chunked",
                "\u00a0chunked",
                "\"chunked\"")) {
            heads.put("Transfer-Encoding: " + value, "Transfer-Encoding: " + value + "\r\n");
        }
        heads.put("two: xchunked, then chunked", "Transfer-Encoding: xchunked\r\nTransfer-Encoding: chunked\r\n");
        heads.put("two: chunked, then xchunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: xchunked\r\n");
        heads.put("two: chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n");
        heads.put("blank before the colon", "Transfer-Encoding : chunked\r\n");
        heads.put("tab before the colon", "Transfer-Encoding\t: chunked\r\n");
        heads.put("value on the next line", "Transfer-Encoding:\r\n chunked\r\n");
        heads.put("folded behind another header", "X: y\r\n Transfer-Encoding: chunked\r\n");
        heads.put("folded length behind another header", "X: y\r\n\tContent-Length: 44\r\n");
        heads.put("line that begins with a blank", " Transfer-Encoding: chunked\r\n");
        heads.put("line that ends in LF alone", "X: y\nTransfer-Encoding: chunked\r\n");
        heads.put("line that ends in CR alone", "X: y\rTransfer-Encoding: chunked\r\n");
        heads.put("underscore", "Transfer_Encoding: chunked\r\n");
        heads.put("underscore in the length", "Content_Length: 44\r\n");
        heads.put("folded behind a name with an underscore", "X_Y: a\r\n Content-Length: 44\r\n");
        heads.put("folded, blank before the colon", "X: y\r\n Content-Length : 44\r\n");
        heads.put("both, length last", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n");
        heads.put("both, length first", "Content-Length: 44\r\nTransfer-Encoding: chunked\r\n");
        heads.put("length twice", "Content-Length: 44\r\nContent-Length: 44\r\n");
        heads.put("two lengths", "Content-Length: 44\r\nContent-Length: 45\r\n");
        for (String length : List.of("44, 44", "+44", "-0", "0x2c", "4 4", "", "4_4", "99999999999999999999", "44;")) {
            heads.put("Content-Length: " + length, "Content-Length: " + length + "\r\n");
        }
        heads.put("second Host", "Host: x\r\nContent-Length: 44\r\n");
        heads.put("another Host", "Host: y\r\nContent-Length: 44\r\n");
        heads.put("NUL in a name", "A\u0000b: c\r\nContent-Length: 44\r\n");
        heads.put("line without a colon", "nocolon\r\nContent-Length: 44\r\n");
        Map<String, String> requests = new LinkedHashMap<>();
        heads.forEach((name, head) -> requests.put(name, HEAD + head + "\r\n" + CHUNKS));
        requests.put("no Host", "POST /callbacks HTTP/1.1\r\nContent-Length: 44\r\n\r\n" + CHUNKS);
        requests.put(
                "HTTP/1.0 with chunks", HEAD.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n" + CHUNKS);
        requests.put("HTTP/1.9", HEAD.replace("1.1", "1.9") + "Content-Length: 44\r\n\r\n" + CHUNKS);
        requests.put("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        return requests;
    }

    /** Requests with a broken chunked body. The operators' port answers 404 before it reads the body. */
    private static Map<String, String> broken() {
        Map<String, String> requests = new LinkedHashMap<>();
        for (String size : List.of("0x1d", "+1d", " 1d ", "-1", "ffffffff0000001d", "1d;a\n")) {
            requests.put(
                    "chunk size " + size.replace("\n", "\\n"),
                    HEAD + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n" + JSON + "\r\n0\r\n\r\n");
        }
        requests.put(
                "chunk lines end in LF", HEAD + "Transfer-Encoding: chunked\r\n\r\n" + CHUNKS.replace("\r\n", "\n"));
        requests.put(
                "chunk longer than its size", HEAD + "Transfer-Encoding: chunked\r\n\r\n1d\r\n" + JSON + "XX0\r\n\r\n");
        return requests;
    }

    @Test
    void anAmbiguousHeadIsRefusedAndItsConnectionClosed() {
        for (int port : new int[] {gateway.port(), gateway.operatorsPort()}) {
            String name = port == gateway.port() ? "callbacks" : "operators";
            refused().forEach((form, request) -> {
                RawHttp.Answers answers = RawHttp.sendAndReadToEnd(port, request + SECOND);
                print(form, name, answers);
                assertThat(answers.statuses()).as("%s, %s", form, name).containsExactly(400);
                assertThat(answers.closed()).as("%s, %s", form, name).isTrue();
                assertThat(answers.text()).contains("application/problem+json");
            });
            broken().forEach((form, request) -> {
                RawHttp.Answers answers = RawHttp.sendAndReadToEnd(port, request + SECOND);
                print(form, name, answers);
                assertThat(answers.statuses())
                        .as("%s, %s", form, name)
                        .containsExactly(port == gateway.port() ? 400 : 404);
                assertThat(answers.closed()).as("%s, %s", form, name).isTrue();
            });
        }
    }

    /** Reactor Netty alone would apply the error of the waiting request to the request before it, or ignore it. */
    @Test
    void behindACallbackThatIsInFlightItIsRefusedAllTheSame() {
        String good = HEAD + "Content-Length: 29\r\n\r\n" + JSON;
        Map<String, String> all = refused();
        all.putAll(broken());
        all.put("HTTP/2.0", "GET / HTTP/2.0\r\nHost: x\r\n\r\n");
        all.forEach((form, request) -> {
            RawHttp.Answers answers = RawHttp.sendAndReadToEnd(gateway.port(), good + request + SECOND);
            assertThat(answers.statuses()).as(form).containsExactly(200, 400);
        });
    }

    @Test
    void anUnambiguousOneIsRead() {
        String next = HEAD + "Content-Length: 29\r\n\r\n" + JSON;
        for (String head :
                List.of("Transfer-Encoding: chunked", "transfer-encoding:chunked", "Transfer-Encoding:\tchunked ")) {
            try (RawHttp connection = new RawHttp(gateway.port())) {
                connection.write(HEAD + head + "\r\n\r\n" + CHUNKS + next);
                RawHttp.Answers answers = connection.read(2);
                print(head.replace("\t", "\\t"), "callbacks", answers);
                assertThat(answers.statuses()).as(head).containsExactly(200, 200);
                connection.write(next);
                assertThat(connection.read(1).statuses()).as(head).containsExactly(200);
            }
        }
    }

    private static void print(String form, String port, RawHttp.Answers answers) {
        System.out.printf(
                "| %-38s | %-9s | %-10s | %s |%n",
                form.replaceAll("\\p{Cntrl}|\u00a0", "?"),
                port,
                answers.statuses(),
                answers.closed() ? "closed" : "open");
    }
}
