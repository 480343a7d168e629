package io.callstream.gateway.ingress;

import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.Guard;
import io.callstream.gateway.security.Guard.Access;
import io.callstream.gateway.security.Rate;
import io.callstream.gateway.security.Tenant;
import io.callstream.gateway.security.WebPageGuard;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Decides by a request's head whether its body is read. Safe for any number of threads. */
final class Admission {

    /** How long a sender that guesses secrets waits for each answer, so that it costs little CPU time. */
    private static final Duration GUESSING_DELAY = Duration.ofSeconds(1);

    /** The same for a sender above its tenant's rate. Short, because its requests within the rate wait behind it. */
    private static final Duration TOO_FAST_DELAY = Duration.ofMillis(100);

    private static final String ALLOWED_METHOD = "POST";

    private static final Problem NOWHERE = Problem.of(
            404,
            "There is nothing at this address. The platform posts to /callbacks/extension-status and /callbacks/bill. If"
                    + " this gateway has a secret, the path begins with /keys/{secret}.");

    /** The same for every wrong credential, so that it helps nobody to guess. */
    private static final Problem UNAUTHORIZED = Problem.of(
            401,
            "The address contains no valid credential: enter it as https://{tenant}:{secret}@host/callbacks, or as"
                    + " https://host/keys/{secret}/callbacks. The gateway's metrics say what is wrong with it.",
            HttpHeaders.WWW_AUTHENTICATE,
            "Basic realm=\"callstream\", charset=\"UTF-8\"");

    private static final Problem GUESSING = tooMany(
            "This address has sent too many wrong credentials: correct the address that is entered at the platform.",
            Map.of(HttpHeaders.RETRY_AFTER, "60", HttpHeaders.CONNECTION, "close"));

    private static final Problem TOO_FAST = tooMany(
            "This tenant sends more than its rate allows: send it again later.",
            Map.of(HttpHeaders.RETRY_AFTER, Long.toString(Problem.SOON.toSeconds())));

    /** The decision. */
    sealed interface Verdict {

        /** The body is to be read, for this tenant. */
        record Admitted(CallbackAddress address, Tenant tenant) implements Verdict {}

        /**
         * The request gets this answer.
         *
         * @param delay when the answer is sent
         */
        record Refused(Problem problem, Duration delay) implements Verdict {

            Refused(Problem problem) {
                this(problem, Duration.ZERO);
            }
        }
    }

    private final Guard guard;
    private final WebPageGuard webPages;
    private final GatewayMetrics metrics;
    private final int limit;

    /** @param limit the most bytes of a body */
    Admission(Guard guard, WebPageGuard webPages, GatewayMetrics metrics, int limit) {
        this.guard = guard;
        this.webPages = webPages;
        this.metrics = metrics;
        this.limit = limit;
    }

    /** Decides about this request, and counts it in its tenant's rate. */
    Verdict of(ServerHttpRequest request) {
        CallbackAddress address = CallbackAddress.of(request.getPath().value());
        if (address == null) {
            return new Verdict.Refused(NOWHERE);
        }
        HttpHeaders headers = request.getHeaders();
        Access access = guard.check(
                address.secret(),
                headers.getFirst(HttpHeaders.AUTHORIZATION),
                Objects.requireNonNull(request.getRemoteAddress()).getAddress(),
                headers.getOrEmpty("X-Forwarded-For"));
        if (!(access instanceof Access.Granted granted)) {
            return denied(access, address);
        }
        Problem fault = fault(request);
        if (fault != null) {
            return new Verdict.Refused(fault);
        }
        return isAboveRate(granted.tenant())
                ? new Verdict.Refused(TOO_FAST, TOO_FAST_DELAY)
                : new Verdict.Admitted(address, granted.tenant());
    }

    private static Verdict denied(Access access, CallbackAddress address) {
        if (access instanceof Access.SecretUnexpected) {
            return new Verdict.Refused(
                    Problem.of(403, "This gateway has no secret: enter the address as %s.".formatted(address.path())));
        }
        return access instanceof Access.Denied denied && denied.tooMany()
                ? new Verdict.Refused(GUESSING, GUESSING_DELAY)
                : new Verdict.Refused(UNAUTHORIZED);
    }

    /** Returns what is wrong with the request; {@code null} if nothing is. */
    private @Nullable Problem fault(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        String webPage = webPages.fault(
                headers.getFirst(HttpHeaders.HOST),
                headers.getFirst(HttpHeaders.ORIGIN),
                headers.getFirst("Sec-Fetch-Site"));
        if (webPage != null) {
            return Problem.of(403, webPage);
        }
        if (!request.getMethod().name().equals(ALLOWED_METHOD)) {
            return wrongMethod(request);
        }
        return headers.getContentLength() > limit ? tooLarge() : null;
    }

    private boolean isAboveRate(Tenant tenant) {
        Rate.Verdict verdict = tenant.rate().request();
        if (verdict != Rate.Verdict.WITHIN) {
            metrics.tenant(tenant.name()).aboveRate();
        }
        return verdict == Rate.Verdict.REFUSED;
    }

    private static Problem wrongMethod(ServerHttpRequest request) {
        String method = request.getMethod().name();
        boolean carriesData =
                request.getURI().getRawQuery() != null || request.getHeaders().getContentLength() > 0;
        return Problem.of(
                405,
                "This is the right address; the platform must POST here."
                        + (carriesData
                                ? " This request used %s, so its data was not stored: set the method to POST."
                                        .formatted(method)
                                : ""),
                HttpHeaders.ALLOW,
                ALLOWED_METHOD);
    }

    /** Returns the answer to a body that is larger than the limit. */
    Problem tooLarge() {
        return Problem.of(
                413,
                "The body is larger than %d bytes: send fewer callbacks at a time, or raise".formatted(limit)
                        + " callstream.ingress.max-body-size.",
                HttpHeaders.CONNECTION,
                "close");
    }

    private static Problem tooMany(String detail, Map<String, String> headers) {
        return new Problem(429, detail, headers, Map.of());
    }
}
