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
 * Posts single callbacks to a gateway; {@code dial} posts whole campaigns. It follows no redirect. Because any server
 * can answer, it keeps at most {@value #MOST_BODY} bytes of an answer's body and {@value #MOST_HEAD} bytes of its head.
 */
public final class GatewayClient {

    public static final String CONTENT_TYPE = "Content-Type";

    static final int MOST_BODY = 16 * 1024;
    static final int MOST_HEAD = 64 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    static {
        // The JDK reads the property once, when the first client is created. Its default is 384 KB; before 17.0.13
        // there is no limit.
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
     * @param detail a text for a person: the problem's detail, the beginning of the body, or the target of the
     *     redirect. It does not contain the address's secret, but it must be made {@link Printable}
     */
    public record Reply(int status, String detail, HttpHeaders headers) {

        private static final long LONGEST_WAIT_SECONDS = 60;

        /** Creates a reply for a request that has no answer. */
        public static Reply instead(int status, String detail) {
            return new Reply(status, detail, HttpHeaders.of(Map.of(), (name, value) -> true));
        }

        public boolean isAccepted() {
            return status / 100 == 2;
        }

        public boolean isRedirect() {
            return REDIRECTS.contains(status);
        }

        /**
         * The time to wait before a retry, from the header {@code Retry-After}: 1 s to 1 minute, 1 s without the
         * header.
         */
        public Duration retryAfter() {
            long seconds = headers.firstValue("Retry-After")
                    .filter(value -> value.matches("\\d{1,9}"))
                    .map(Long::parseLong)
                    .orElse(1L);
            return Duration.ofSeconds(Math.max(1, Math.min(LONGEST_WAIT_SECONDS, seconds)));
        }
    }

    /** Creates a client with a time-out of 10 seconds for each request. */
    public GatewayClient(GatewayAddress address) {
        this(address, PATIENCE);
    }

    /** @param patience the time-out from the start of a request to the last byte of its answer */
    GatewayClient(GatewayAddress address, Duration patience) {
        this.address = address;
        this.patience = patience;
    }

    /**
     * Sends a GET and waits for the answer. A gateway answers 405.
     *
     * @throws Fault if there is no answer
     */
    public Reply get(String path) {
        return await(send(HttpRequest.newBuilder(address.uri(path)).GET()));
    }

    /**
     * Posts a body and waits for the answer.
     *
     * @param path a path of the gateway's address, with or without a query
     * @throws Fault if there is no answer
     */
    public Reply post(String path, Map<String, String> headers, byte[] body) {
        return await(postAsync(path, headers, body));
    }

    /** Posts a body. The future fails with an {@link IOException} or a time-out if there is no answer. */
    public CompletableFuture<Reply> postAsync(String path, Map<String, String> headers, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.uri(path)).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return send(request);
    }

    private CompletableFuture<Reply> send(HttpRequest.Builder request) {
        String authorization = address.authorization();
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        CompletableFuture<HttpResponse<String>> exchange =
                client.sendAsync(request.build(), head -> new BoundedText(MOST_BODY));
        // The request's own time-out covers only the answer's head, so a slow body could take for ever.
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
                // It is not a problem text of the gateway, so the body is returned as it is.
            }
        }
        return body.strip();
    }
}
