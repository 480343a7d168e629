package io.callstream.cli;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Posts single callbacks to a gateway; for whole campaigns there is {@code dial}. */
public final class GatewayClient {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final GatewayAddress address;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    /**
     * What a gateway says.
     *
     * @param detail for a person: the problem's own sentence, or the body
     * @param retryAfter where it is to be tried again
     */
    public record Reply(int status, String detail, Duration retryAfter) {

        public boolean isAccepted() {
            return status / 100 == 2;
        }
    }

    public GatewayClient(GatewayAddress address) {
        this.address = address;
    }

    /** Asks an address what it is. */
    public Reply get(String path) {
        return await(send(HttpRequest.newBuilder(address.uri(path)).GET()));
    }

    /**
     * Posts a body and waits for the answer.
     *
     * @throws Fault where there is none
     */
    public Reply post(String path, String contentType, byte[] body) {
        return await(postAsync(path, contentType, body));
    }

    /** Posts a body; fails with an {@link IOException} where there is no answer. */
    public CompletableFuture<Reply> postAsync(String path, String contentType, byte[] body) {
        return send(HttpRequest.newBuilder(address.uri(path))
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofByteArray(body)));
    }

    private CompletableFuture<Reply> send(HttpRequest.Builder request) {
        return client.sendAsync(request.timeout(PATIENCE).build(), BodyHandlers.ofString())
                .thenApply(GatewayClient::reply);
    }

    private Reply await(CompletableFuture<Reply> reply) {
        try {
            return reply.join();
        } catch (CompletionException e) {
            throw new Fault(
                    "%s does not answer: see that a gateway runs there, and to the network between. (%s)"
                            .formatted(address.authority(), e.getCause()),
                    e);
        }
    }

    private static Reply reply(HttpResponse<String> response) {
        long wait = response.headers().firstValueAsLong("Retry-After").orElse(1);
        return new Reply(response.statusCode(), detail(response.body()), Duration.ofSeconds(Math.min(60, wait)));
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
