package io.callstream.gateway.ingress;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An address that an operator can enter at the platform: one of three paths, alone or below {@code /keys/{secret}}. A
 * slash at the end is ignored.
 *
 * @param secret {@code null} if the address contains none
 * @param path the path without the secret, to be logged or stored
 */
record CallbackAddress(@Nullable String secret, String path) {

    private static final Set<String> PATHS = Set.of("/callbacks", "/callbacks/extension-status", "/callbacks/bill");
    private static final String KEYS = "/keys/";

    /** Returns {@code null} for any other path. */
    static @Nullable CallbackAddress of(String rawPath) {
        String path = rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
        if (!path.startsWith(KEYS)) {
            return PATHS.contains(path) ? new CallbackAddress(null, path) : null;
        }
        int end = path.indexOf('/', KEYS.length());
        String rest = end < 0 ? "" : path.substring(end);
        return PATHS.contains(rest) ? new CallbackAddress(unescaped(path.substring(KEYS.length(), end)), rest) : null;
    }

    private static String unescaped(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
