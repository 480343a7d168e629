package io.callstream.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.callstream.cli.Exit;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CheckCommandTest {

    private static final String DETAIL = "{\"detail\":\"This is the right address; the platform must POST here.\"}";

    private final StringWriter out = new StringWriter();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private Answering get = exchange -> answer(exchange, 405, "POST, OPTIONS", DETAIL);
    private Answering post = exchange -> answer(exchange, 200, null, "success");

    /** How a request is answered. */
    private interface Answering {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + ' ' + exchange.getRequestURI());
            (exchange.getRequestMethod().equals("GET") ? get : post).to(exchange);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String allow, String body) throws IOException {
        if (allow != null) {
            exchange.getResponseHeaders().set("Allow", allow);
        }
        exchange.sendResponseHeaders(status, 0);
        exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
    }

    private static Answering redirect(int status) {
        return exchange -> {
            exchange.getResponseHeaders()
                    .set("Location", "https://gw.example" + exchange.getRequestURI() + "?\u009b31m");
            exchange.sendResponseHeaders(status, -1);
        };
    }

    private int check() {
        return new CommandLine(new CheckCommand())
                .setOut(new PrintWriter(out, true))
                .execute("http://127.0.0.1:" + server.getAddress().getPort() + "/keys/s3cret");
    }

    @Test
    void aGatewayIsRecognisedByItsRefusalOfGet() {
        assertThat(check()).isEqualTo(Exit.OK);
        assertThat(out.toString()).contains("gateway      answers at both addresses", "ring and bill of");
        assertThat(requests)
                .containsExactly(
                        "GET /keys/s3cret/callbacks/extension-status",
                        "GET /keys/s3cret/callbacks/bill",
                        "POST /keys/s3cret/callbacks/extension-status",
                        "POST /keys/s3cret/callbacks/bill");
    }

    @ParameterizedTest
    @CsvSource({
        "200, POST, true",
        "405, , true",
        "405, GET, true",
        "405, NOPOST, true",
        "405, POST, false",
        "404, POST, true"
    })
    void anythingElseIsNoGateway(int status, String allow, boolean says) {
        get = exchange -> answer(exchange, status, allow, says ? DETAIL : "Not allowed");
        assertThat(check()).isEqualTo(Exit.WRONG);
        assertThat(out.toString()).contains("no Callstream gateway answers there (status %d)".formatted(status));
        assertThat(requests).noneMatch(request -> request.startsWith("POST"));
    }

    @Test
    void aPathThatTheGatewayDoesNotHaveIsExplained() {
        get = exchange -> answer(
                exchange,
                404,
                "",
                "There is nothing at this address. The platform posts to /callbacks/extension-status and /callbacks/bill.");
        assertThat(check()).isEqualTo(Exit.WRONG);
        assertThat(out.toString()).contains("path         404: There is nothing at this address.");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectOfThePostIsNamed(int status) {
        post = redirect(status);
        assertThat(check()).isEqualTo(Exit.WRONG);
        assertThat(out.toString())
                .contains(
                        "\u2717 redirect     %d: The address redirects to https://gw.example/keys/…/callbacks/extension-status?\\u009b31m."
                                .formatted(status),
                        "follows a redirect with GET and the callback is lost. Enter the final address.")
                .doesNotContain("s3cret", "\u009b", "test call");
        assertThat(requests).hasSize(3);
    }

    @Test
    void aRedirectOfTheGetIsNamed() {
        get = redirect(302);
        assertThat(check()).isEqualTo(Exit.WRONG);
        assertThat(out.toString()).contains("redirect     302").doesNotContain("s3cret");
        assertThat(requests).hasSize(1);
    }
}
