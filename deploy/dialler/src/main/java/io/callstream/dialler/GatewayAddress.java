package io.callstream.dialler;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a gateway takes callbacks. Whatever part of it a person has at hand will do: {@code host:8080}, the gateway's
 * root, or any of the addresses that are entered at the platform.
 *
 * @param host as in a URL, IPv6 in brackets
 * @param prefix what stands before {@code /callbacks}: nothing, or {@code /keys/{secret}}
 */
public record GatewayAddress(boolean tls, String host, int port, String prefix) {

    private static final String CALLBACKS = "/callbacks";
    private static final String EXTENSION_STATUS = CALLBACKS + "/extension-status";
    private static final String BILL = CALLBACKS + "/bill";
    private static final Set<String> PATHS = Set.of(CALLBACKS, EXTENSION_STATUS, BILL);
    private static final String KEYS = "/keys/";
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9._~-]+");

    /**
     * Reads what was typed.
     *
     * @param secret goes into the address, unless one stands there
     * @throws IllegalArgumentException with a sentence for who typed it
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
        if (secret != null && !SECRET.matcher(secret).matches()) {
            // Not quoted: it is one all the same.
            throw new IllegalArgumentException(
                    "The secret is not usable in a URL: use letters, digits and - . _ ~ only. Does it contain a blank or a line end?");
        }
        if (secret != null && !prefix.contains(KEYS)) {
            prefix += KEYS + secret;
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        return new GatewayAddress(tls, uri.getHost(), port, prefix);
    }

    /** Takes callbacks of either kind. */
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
     * The address whose path a record names; {@link #callbacks} for any other text, because a record can contain anything,
     * even what would make this URL another host's.
     */
    public String recorded(String path) {
        return PATHS.contains(path) ? prefix + path : callbacks();
    }

    /**
     * The whole URL.
     *
     * @param path one of the above, with or without a query
     */
    public URI uri(String path) {
        return URI.create((tls ? "https://" : "http://") + authority() + path);
    }

    public String authority() {
        return host + ':' + port;
    }

    /** Without the secret, because it is printed. */
    @Override
    public String toString() {
        return withoutSecret(uri(callbacks()).toString());
    }

    /** A text that may quote this address, such as an answer, without the secret. */
    public String withoutSecret(String text) {
        int keys = prefix.indexOf(KEYS);
        if (keys < 0) {
            return text;
        }
        String secret = prefix.substring(keys + KEYS.length());
        // A login page or a proxy quotes the address in a query.
        return Pattern.compile("(/|%2F)keys\\1" + Pattern.quote(secret), Pattern.CASE_INSENSITIVE)
                .matcher(text)
                .replaceAll("$1keys$1…");
    }
}
