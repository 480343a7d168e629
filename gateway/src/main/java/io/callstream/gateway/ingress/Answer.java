package io.callstream.gateway.ingress;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * An HTTP answer that can be written any number of times.
 *
 * @param headers all headers except the length
 */
@SuppressWarnings("ArrayRecordComponent") // Answers are never compared.
record Answer(HttpStatusCode status, Map<String, String> headers, byte[] body) {

    private static final String TEXT = "text/plain;charset=UTF-8";

    /**
     * Returns a 200 with this text.
     *
     * @param more headers besides the content type; one of them can replace it
     */
    static Answer text(String text, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>();
        headers.put(HttpHeaders.CONTENT_TYPE, TEXT);
        headers.putAll(more);
        return new Answer(HttpStatusCode.valueOf(200), headers, text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer of(Problem problem) {
        Map<String, String> headers = new HashMap<>(problem.headers());
        headers.put(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
        return new Answer(HttpStatusCode.valueOf(problem.status()), headers, problem.json());
    }

    /** @param isForHead whether this answers a HEAD request, so that no body is sent */
    Mono<Void> writeTo(ServerHttpResponse response, boolean isForHead) {
        response.setStatusCode(status);
        HttpHeaders to = response.getHeaders();
        headers.forEach(to::set);
        to.setContentLength(body.length);
        if (isForHead) {
            return response.setComplete();
        }
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}
