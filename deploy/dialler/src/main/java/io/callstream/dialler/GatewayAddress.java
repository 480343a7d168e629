package io.callstream.dialler;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address at which a gateway receives callbacks. It can be given as {@code host:8080}, as the gateway's root URL,
 * or as any of the addresses that are entered at the platform.
 *
 * @param host as in a URL, an IPv6 address in brackets
 * @param prefix the path before {@code /callbacks}, without a slash at its end: empty, or {@code /keys/{secret}}, also
 *     behind a proxy's path
 * @param credential the {@code tenant:secret} of {@code https://tenant:secret@host}, decoded; {@code null} if the
 *     address contains none
 */
public record GatewayAddress(
        boolean tls,
        String host,
        int port,
        String prefix,
        @Nullable String credential) {

    private static final String CALLBACKS = "/callbacks";
    private static final String EXTENSION_STATUS = CALLBACKS + "/extension-status";
    private static final String BILL = CALLBACKS + "/bill";
    private static final Set<String> PATHS = Set.of(CALLBACKS, EXTENSION_STATUS, BILL);
    private static final String KEYS = "/keys/";
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9._~-]+");

    /**
     * Parses an address.
     *
     * @param typed a URL, or {@code host:port}, which means HTTP
     * @param secret is added to the address, unless the address contains one
     * @throws IllegalArgumentException if the address or the secret is not usable; the message is for the user
     */
    public static GatewayAddress of(String typed, @Nullable String secret) {
        URI uri;
        try {
            uri = new URI(typed.contains("://") ? typed : "http://" + typed);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("This is no URL: give one such as http://127.0.0.1:8080.", e);
        }
        String scheme = String.valueOf(uri.getScheme());
        boolean tls = scheme.equals("https");
        if ((!tls && !scheme.equals("http")) || uri.getHost() == null) {
            throw new IllegalArgumentException("This is no HTTP URL: give one such as http://127.0.0.1:8080.");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        int end = path.lastIndexOf(CALLBACKS);
        String prefix = (end < 0 ? path : path.substring(0, end)).replaceAll("/+$", "");
        String credential = uri.getUserInfo();
        if (secret != null && credential == null && !prefix.contains(KEYS)) {
            prefix += KEYS + usable(secret);
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        return new GatewayAddress(tls, uri.getHost(), port, prefix, credential);
    }

    private static String usable(String secret) {
        if (secret.startsWith("sha256:")) {
            throw new IllegalArgumentException(
                    "The secret is a hash, which only a gateway can use. Give the secret itself, in the address or as --secret.");
        }
        if (!SECRET.matcher(secret).matches()) {
            // The message does not quote it: it can be a real secret with a typing error.
            throw new IllegalArgumentException(
                    "The secret is not usable in a URL: use letters, digits and - . _ ~ only. Does it contain a blank or a line end?");
        }
        return secret;
    }

    /** The path that accepts callbacks of every kind. */
    public String callbacks() {
        return prefix + CALLBACKS;
    }

    public String extensionStatus() {
        return prefix + EXTENSION_STATUS;
    }

    public String bill() {
        return prefix + BILL;
    }

    /**
     * Returns the path for a quarantined record: {@code path} if it is one of the three known paths, otherwise
     * {@link #callbacks}. A record can contain any text, even one that would change the host of the URL.
     */
    public String recorded(String path) {
        return PATHS.contains(path) ? prefix + path : callbacks();
    }

    /**
     * Returns the whole URL.
     *
     * @param path a path that one of the methods above returned, with or without a query
     */
    public URI uri(String path) {
        return URI.create((tls ? "https://" : "http://") + authority() + path);
    }

    /** The value of the header {@code Authorization}; {@code null} if the address has no credential before its host. */
    public @Nullable String authorization() {
        return credential == null
                ? null
                : "Basic " + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the address contains a secret, in one form or the other. */
    public boolean hasSecret() {
        return credential != null || prefix.contains(KEYS);
    }

    public String authority() {
        return host + ':' + port;
    }

    /** The URL for callbacks without its secret, because it is printed. */
    @Override
    public String toString() {
        return withoutSecret(uri(callbacks()).toString());
    }

    /** Replaces the secret in a text that can quote this address, such as an answer. */
    public String withoutSecret(String text) {
        String clean = text;
        if (credential != null) {
            clean = clean.replace(credential.substring(credential.indexOf(':') + 1), "…");
        }
        int keys = prefix.indexOf(KEYS);
        if (keys < 0) {
            return clean;
        }
        String secret = prefix.substring(keys + KEYS.length());
        // A login page or a proxy quotes the address in a query, percent-encoded.
        return Pattern.compile("(/|%2F)keys\\1" + Pattern.quote(secret), Pattern.CASE_INSENSITIVE)
                .matcher(clean)
                .replaceAll("$1keys$1…");
    }
}
