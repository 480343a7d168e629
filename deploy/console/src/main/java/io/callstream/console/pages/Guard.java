package io.callstream.console.pages;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Checks each request to a page. A browser may reach the console by an address or a known name only, because a foreign
 * name that points here would let a foreign page read it. A POST needs the token that is in the page, so no other page
 * can make the browser post. Every answer forbids scripts and styles from anywhere but this port. Thread-safe.
 */
final class Guard implements HandlerFilterFunction<ServerResponse, ServerResponse> {

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+]");
    private static final int TOKEN_BYTES = 16;

    private final List<String> hosts;
    private final String token;

    /** @param hosts names by which browsers may reach the console, besides loopback's */
    Guard(List<String> hosts) {
        this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        this.token = HexFormat.of().formatHex(random);
    }

    /** What a POST must have in the header {@link Layout#TOKEN}. Differs with each start. */
    String token() {
        return token;
    }

    @Override
    public Mono<ServerResponse> filter(ServerRequest request, HandlerFunction<ServerResponse> next) {
        String host = request.headers().firstHeader("Host");
        if (!isKnown(host)) {
            return refuse(
                    "This console does not know the name in the address. Use the machine's IP address, or add the name"
                            + " to callstream.console.hosts.");
        }
        if (!request.method().equals(HttpMethod.GET)
                && !request.method().equals(HttpMethod.HEAD)
                && !hasToken(request)) {
            return refuse("The page is older than the gateway's last start. Load it again.");
        }
        HttpHeaders headers = request.exchange().getResponse().getHeaders();
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        return next.handle(request);
    }

    private static Mono<ServerResponse> refuse(String sentence) {
        return ServerResponse.status(403)
                .header("Content-Security-Policy", POLICY)
                .header("Content-Type", "text/plain;charset=UTF-8")
                .bodyValue(sentence);
    }

    private boolean hasToken(ServerRequest request) {
        String given = request.headers().firstHeader(Layout.TOKEN);
        return given != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    private boolean isKnown(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
        return ADDRESS.matcher(name).matches()
                || name.equals("localhost")
                || name.endsWith(".localhost")
                || hosts.contains(name);
    }
}
