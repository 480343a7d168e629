package io.callstream.gateway.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Checks the secret in the address of a request. Safe for any number of threads. */
public final class Guard {

    /** The tenant of every callback. The gateway has only one so far. */
    public static final String TENANT = "default";

    private final byte @Nullable [] secret;

    Guard(@Nullable String secret) {
        this.secret = secret == null ? null : utf8(secret);
    }

    /** The result of checking the secret in an address. */
    public enum Access {
        GRANTED,
        /** The gateway has a secret, but the address contains none. */
        SECRET_MISSING,
        /** The address contains another secret. */
        SECRET_WRONG,
        /** The gateway has no secret, but the address contains one. */
        SECRET_UNEXPECTED
    }

    /**
     * Checks a secret. The time of the comparison does not reveal how much of it is right.
     *
     * @param given the secret in the address; {@code null} if the address contains none
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

    /** Returns the text with the secret replaced by three asterisks, to be stored or logged. */
    public String withoutSecret(String text) {
        return secret == null ? text : text.replace(new String(secret, StandardCharsets.UTF_8), "***");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
