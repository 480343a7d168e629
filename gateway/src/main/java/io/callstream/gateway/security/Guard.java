package io.callstream.gateway.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Decides who may post, by the secret in the address. Safe for any number of threads. */
public final class Guard {

    /** Whose callbacks they are; until there are several, everybody's. */
    public static final String TENANT = "default";

    private final byte @Nullable [] secret;

    Guard(@Nullable String secret) {
        this.secret = secret == null ? null : utf8(secret);
    }

    /** What the address' secret is good for. */
    public enum Access {
        GRANTED,
        /** There has to be one, and there is none. */
        SECRET_MISSING,
        /** It is not the one. */
        SECRET_WRONG,
        /** There is one, and none is expected. */
        SECRET_UNEXPECTED
    }

    /**
     * Compares in a time that does not tell how much of it was right.
     *
     * @param given the secret in the address, {@code null} for an address without one
     */
    public Access check(@Nullable String given) {
        if (secret == null) {
            return given == null ? Access.GRANTED : Access.SECRET_UNEXPECTED;
        }
        if (given == null) {
            return Access.SECRET_MISSING;
        }
        return MessageDigest.isEqual(secret, utf8(given)) ? Access.GRANTED : Access.SECRET_WRONG;
    }

    /** The text with three asterisks in the place of the secret, for whatever is kept or logged. */
    public String withoutSecret(String text) {
        return secret == null ? text : text.replace(new String(secret, StandardCharsets.UTF_8), "***");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
