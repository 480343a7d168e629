package io.callstream.gateway.security;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests from web pages on a port that serves this machine only. Any page that a user of this machine opens
 * can make the browser send requests to loopback. Browsers mark requests of other origins with {@code Origin}, and posts
 * of other sites with {@code Sec-Fetch-Site}; a platform's callback has neither header. A page can also point its own
 * name at loopback, so a {@code Host} with a dot that is not loopback is refused too. Safe for any number of threads.
 */
public final class WebPageGuard {

    private static final Set<String> OTHER_SITES = Set.of("cross-site", "same-site");

    private final boolean watches;
    private final Set<String> names;
    private final String fix;

    private WebPageGuard(boolean watches, Set<String> names, String fix) {
        this.watches = watches;
        this.names = names;
        this.fix = fix;
    }

    /** @param onlyLoopback whether the gateway has no secret and listens on loopback only */
    static WebPageGuard ofCallbacks(boolean onlyLoopback) {
        return new WebPageGuard(
                onlyLoopback,
                Set.of(),
                " This gateway has no secret and serves this machine only: use 127.0.0.1, or set callstream.security.secret.");
    }

    /**
     * Returns the guard of the operators' port. It watches if the port is on loopback.
     *
     * @param address the address that the operators' port listens on
     * @param names further names of this machine, in lower case, for browsers that come through a proxy
     */
    public static WebPageGuard ofOperators(String address, Set<String> names) {
        return new WebPageGuard(
                isLoopbackName(address.contains(":") ? '[' + address + ']' : address),
                Set.copyOf(names),
                " This port serves this machine only: use 127.0.0.1, or set management.server.address.");
    }

    /**
     * Returns why a request is refused, as a sentence with what to do; {@code null} if it is not refused. The
     * parameters are the values of the request's headers, {@code null} if a header is missing.
     */
    public @Nullable String fault(@Nullable String host, @Nullable String origin, @Nullable String secFetchSite) {
        if (!watches) {
            return null;
        }
        if (secFetchSite != null && OTHER_SITES.contains(secFetchSite.toLowerCase(Locale.ROOT))) {
            return "A web page of another site sent this." + fix;
        }
        if (origin != null && !isHere(hostOf(origin))) {
            return "A web page of another origin sent this." + fix;
        }
        return host != null && host.indexOf('.') >= 0 && !isHere(withoutPort(host))
                ? "The Host header names another machine." + fix
                : null;
    }

    /** Returns an empty string if the URI is invalid or has no host. */
    private static String hostOf(String uri) {
        try {
            String host = new URI(uri).getHost();
            return host == null ? "" : host;
        } catch (URISyntaxException e) {
            return "";
        }
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > 0 && isDigits(host, colon + 1) ? host.substring(0, colon) : host;
    }

    private boolean isHere(String host) {
        return isLoopbackName(host) || names.contains(host.toLowerCase(Locale.ROOT));
    }

    /** Whether this is a name of loopback. No DNS lookup: the owner of a name decides what it resolves to. */
    private static boolean isLoopbackName(String host) {
        // No regular expression, because this can run for every request.
        if (host.startsWith("127.")) {
            return isLoopback(host);
        }
        return host.equalsIgnoreCase("localhost")
                || host.toLowerCase(Locale.ROOT).endsWith(".localhost")
                || host.equals("[::1]");
    }

    private static boolean isLoopback(String host) {
        int dots = 0;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) {
                return false;
            }
            dots += c == '.' ? 1 : 0;
        }
        return dots == 3;
    }

    private static boolean isDigits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
