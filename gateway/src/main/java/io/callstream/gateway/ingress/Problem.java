package io.callstream.gateway.ingress;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer in {@code application/problem+json} (RFC 9457) that says what is wrong and what to do.
 *
 * @param detail a text for people
 * @param headers headers besides the content type
 * @param members members besides those of RFC 9457
 */
record Problem(int status, String detail, Map<String, String> headers, Map<String, Object> members) {

    static final String MEDIA_TYPE = "application/problem+json";
    /** {@code Retry-After} of a refusal that may end soon. */
    static final Duration SOON = Duration.ofSeconds(1);

    /** The most items that an answer explains, so that it stays small. */
    private static final int MOST_REJECTED = 10;

    private static final ObjectWriter WRITER = JsonMapper.builder().build().writer();

    static Problem of(int status, String detail) {
        return new Problem(status, detail, Map.of(), Map.of());
    }

    static Problem of(int status, String detail, String header, String value) {
        return new Problem(status, detail, Map.of(header, value), Map.of());
    }

    /** @param retryAfter how long the sender should wait before it retries; at least 1 s is sent */
    static Problem unavailable(String detail, Duration retryAfter) {
        return of(503, detail, HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
    }

    /** The same, with one more header. */
    static Problem unavailable(String detail, Duration retryAfter, String header, String value) {
        Map<String, String> headers =
                new HashMap<>(unavailable(detail, retryAfter).headers());
        headers.put(header, value);
        return new Problem(503, detail, headers, Map.of());
    }

    /**
     * Describes a body with quarantined items.
     *
     * @param count the number of quarantined items
     * @param rejected the first of them, at least one
     */
    static Problem undecodable(int status, int items, int count, List<Rejected> rejected) {
        String detail = count == items
                ? rejected.get(0).explanation()
                : "%d of %d items cannot be decoded; the others are published.".formatted(count, items);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("reason", rejected.get(0).reason());
        String quarantineId = rejected.get(0).quarantineId();
        if (quarantineId != null) {
            members.put("quarantineId", quarantineId);
        }
        members.put("rejectedCount", count);
        members.put("positions", rejected.stream().map(Rejected::position).toList());
        members.put("rejected", rejected.stream().limit(MOST_REJECTED).toList());
        return new Problem(status, detail, Map.of(), members);
    }

    /**
     * A rejected item.
     *
     * @param position counts the body's items from 0
     * @param quarantineId {@code null} if the item is not in quarantine
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Rejected(
            int position,
            String reason,
            String explanation,
            @Nullable String quarantineId) {

        /** Returns the same item, not in quarantine. */
        Rejected unkept() {
            return new Rejected(
                    position,
                    reason,
                    explanation + " It is not kept: the tenant's quarantine quota of this day is used up.",
                    null);
        }
    }

    boolean closesConnection() {
        return "close".equals(headers.get(HttpHeaders.CONNECTION));
    }

    /** Returns the status in words; empty if the status has none. */
    String title() {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "" : known.getReasonPhrase();
    }

    byte[] json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "about:blank");
        json.put("title", title());
        json.put("status", status);
        json.put("detail", detail);
        json.putAll(members);
        return WRITER.writeValueAsBytes(json);
    }
}
