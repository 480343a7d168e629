package io.callstream.gateway.ingress;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer in {@code application/problem+json} (RFC 9457) that says what is wrong and what to do.
 *
 * @param detail for the person who reads it
 * @param headers beside the content type
 * @param members beside RFC 9457's own
 */
record Problem(int status, String detail, Map<String, String> headers, Map<String, Object> members) {

    static final String MEDIA_TYPE = "application/problem+json";

    private static final ObjectWriter WRITER = JsonMapper.builder().build().writer();

    static Problem of(int status, String detail) {
        return new Problem(status, detail, Map.of(), Map.of());
    }

    static Problem of(int status, String detail, String header, String value) {
        return new Problem(status, detail, Map.of(header, value), Map.of());
    }

    /** @param retryAfter in which the sender may try again */
    static Problem unavailable(String detail, Duration retryAfter) {
        return of(503, detail, HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
    }

    /** @param rejected at least one */
    static Problem undecodable(int status, int items, List<Rejected> rejected) {
        String detail = rejected.size() == items
                ? rejected.get(0).explanation()
                : "%d of %d items could not be decoded; the others are published.".formatted(rejected.size(), items);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("reason", rejected.get(0).reason());
        members.put("quarantineId", rejected.get(0).quarantineId());
        members.put("positions", rejected.stream().map(Rejected::position).toList());
        members.put("rejected", rejected);
        return new Problem(status, detail, Map.of(), members);
    }

    /** An item that went to quarantine; {@code position} counts the body's items from 0. */
    record Rejected(int position, String reason, String explanation, String quarantineId) {}

    byte[] json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "about:blank");
        HttpStatus known = HttpStatus.resolve(status);
        if (known != null) {
            json.put("title", known.getReasonPhrase());
        }
        json.put("status", status);
        json.put("detail", detail);
        json.putAll(members);
        return WRITER.writeValueAsBytes(json);
    }
}
