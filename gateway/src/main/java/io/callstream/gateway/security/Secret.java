package io.callstream.gateway.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * One of a tenant's secrets. The gateway keeps only its SHA-256, and the time of its last use, so that an operator can
 * see when the last sender has changed to the next secret.
 */
final class Secret {

    private static final String HASHED = "sha256:";
    private static final int SHORTEST = 16;

    private final String name;
    private final Hash hash;
    private final @Nullable Instant expires;
    private final AtomicLong lastUsedMillis = new AtomicLong();

    /** @param name for metrics; it never reveals the secret */
    Secret(String name, Hash hash, @Nullable Instant expires) {
        this.name = name;
        this.hash = hash;
        this.expires = expires;
    }

    /**
     * A SHA-256. Comparing two takes the same time wherever they differ.
     *
     * @param bytes 32 bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // equals and hashCode compare the contents.
    record Hash(byte[] bytes) {

        static Hash of(String secret) {
            try {
                return new Hash(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every JDK has SHA-256", e);
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Hash hash && MessageDigest.isEqual(bytes, hash.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Hash[***]";
        }
    }

    /**
     * Reads a configured value: {@code sha256:} and 64 hexadecimal digits, or the secret itself.
     *
     * @param setting its name, for the sentence about a mistake; the value never appears in it
     */
    static Hash hash(String setting, String configured) {
        if (configured.startsWith(HASHED)) {
            String digits = configured.substring(HASHED.length());
            if (!digits.matches("[0-9a-fA-F]{64}")) {
                throw new InvalidConfigurationPropertyValueException(
                        setting,
                        "not sha256: with 64 hexadecimal digits",
                        "Copy the line that callstream secret new prints.");
            }
            return new Hash(HexFormat.of().parseHex(digits));
        }
        if (configured.length() < SHORTEST) {
            throw new InvalidConfigurationPropertyValueException(
                    setting,
                    "shorter than %d characters".formatted(SHORTEST),
                    "A short secret can be guessed. callstream secret new creates a long one.");
        }
        if (!configured.matches("[A-Za-z0-9._~-]+")) {
            throw new InvalidConfigurationPropertyValueException(
                    setting,
                    "not usable in a URL",
                    "Use letters, digits and - . _ ~ only. callstream secret new creates a secret.");
        }
        return Hash.of(configured);
    }

    String name() {
        return name;
    }

    Hash hash() {
        return hash;
    }

    @Nullable
    Instant expires() {
        return expires;
    }

    boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    void used(Instant now) {
        // lazySet: many event loops write it for each request, and only the scrape reads it.
        lastUsedMillis.lazySet(now.toEpochMilli());
    }

    /** Milliseconds since the epoch; 0 before the first use. */
    long lastUsedMillis() {
        return lastUsedMillis.get();
    }
}
