package io.callstream.cli;

import io.callstream.dialler.GatewayAddress;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts single callbacks to a gateway; for whole campaigns there is {@code dial}. Never follows a redirect, and keeps no
 * more of an answer than {@value #MOST_BODY} bytes of its body and {@value #MOST_HEAD} of its head, whoever answers.
 */
public final class GatewayClient {

    public static final String CONTENT_TYPE = "Content-Type";

    static final int MOST_BODY = 16 * 1024;
    static final int MOST_HEAD = 64 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    static {
        // The JDK reads it once, when the first client is made. Its own limit is 384 KB; before 17.0.13 it has none.
        System.setProperty("jdk.http.maxHeaderSize", Integer.toString(MOST_HEAD));
    }

    private final GatewayAddress address;
    private final Duration patience;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .build();

    /**
     * An answer.
     *
     * @param detail for a person: the problem's own sentence, the beginning of the body, or where it redirects to. Without
     *     the address' secret, but not {@link Printable}
     */
    public record Reply(int status, String detail, HttpHeaders headers) {

        private static final long LONGEST_WAIT_SECONDS = 60;

        /** What stands in an answer's place where there is none. */
        public static Reply instead(int status, String detail) {
            return new Reply(status, detail, HttpHeaders.of(Map.of(), (name, value) -> true));
        }

        public boolean isAccepted() {
            return status / 100 == 2;
        }

        public boolean isRedirect() {
            return REDIRECTS.contains(status);
        }

        /** How long to wait before another try: a second to a minute. */
        public Duration retryAfter() {
            long seconds = headers.firstValue("Retry-After")
                    .filter(value -> value.matches("\\d{1,9}"))
                    .map(Long::parseLong)
                    .orElse(1L);
            return Duration.ofSeconds(Math.max(1, Math.min(LONGEST_WAIT_SECONDS, seconds)));
        }
    }

    /** Waits ten seconds for a connection, and ten for the last byte of an answer. */
    public GatewayClient(GatewayAddress address) {
        this(address, PATIENCE);
    }

    /** @param patience how long to wait for the last byte of an answer */
    GatewayClient(GatewayAddress address, Duration patience) {
        this.address = address;
        this.patience = patience;
    }

    /** Asks an address what it is. */
    public Reply get(String path) {
        return await(send(HttpRequest.newBuilder(address.uri(path)).GET()));
    }

    /**
     * Posts a body and waits for the answer.
     *
     * @param path one of the address', with or without a query
     * @throws Fault where there is no answer
     */
    public Reply post(String path, Map<String, String> headers, byte[] body) {
        return await(postAsync(path, headers, body));
    }

    /** Posts a body; fails with an {@link IOException} or a time-out where there is no answer. */
    public CompletableFuture<Reply> postAsync(String path, Map<String, String> headers, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.uri(path)).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return send(request);
    }

    private CompletableFuture<Reply> send(HttpRequest.Builder request) {
        CompletableFuture<HttpResponse<String>> exchange =
                client.sendAsync(request.build(), head -> new BoundedText(MOST_BODY));
        // The request's own time-out ends with the answer's head; a body that trickles would be awaited for ever.
        CompletableFuture<Reply> reply =
                exchange.thenApply(this::reply).orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        return reply.whenComplete((answer, failure) -> exchange.cancel(true));
    }

    private Reply await(CompletableFuture<Reply> reply) {
        try {
            return reply.join();
        } catch (CompletionException e) {
            throw new Fault(
                    "%s does not answer. Check that a gateway runs there, and the network between. (%s)"
                            .formatted(address.authority(), e.getCause()),
                    e);
        }
    }

    private Reply reply(HttpResponse<String> response) {
        Reply reply = new Reply(response.statusCode(), detail(response.body()), response.headers());
        String detail = reply.isRedirect()
                ? "The address redirects to %s. The platform follows a redirect with GET and the callback is lost. Enter the final address."
                        .formatted(response.headers().firstValue("Location").orElse("no address"))
                : reply.detail();
        return new Reply(reply.status(), address.withoutSecret(detail), reply.headers());
    }

    private static String detail(String body) {
        if (body.startsWith("{")) {
            try {
                JsonNode problem = JsonMapper.shared().readTree(body);
                String id = problem.path("quarantineId").stringValue("");
                return problem.path("detail").stringValue(body) + (id.isEmpty() ? "" : " In quarantine as " + id + ".");
            } catch (JacksonException e) {
                // It is no problem of the gateway's.
            }
        }
        return body.strip();
    }
}
