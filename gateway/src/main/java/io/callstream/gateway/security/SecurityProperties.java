package io.callstream.gateway.security;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Settings for who may post callbacks.
 *
 * @param secret the part of the address that only the platform knows. If it is set, only {@code /keys/{secret}/…} is
 *     served. The secret is in the address because a URL is all that can be configured at the sender. At least 16
 *     letters, digits and {@code -._~}.
 * @param open whether to listen beyond loopback without a secret
 */
@ConfigurationProperties("callstream.security")
record SecurityProperties(
        @Nullable String secret, @DefaultValue("false") boolean open) {

    private static final int SHORTEST_SECRET = 16;

    SecurityProperties {
        if (secret != null && secret.length() < SHORTEST_SECRET) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.security.secret",
                    "shorter than %d characters".formatted(SHORTEST_SECRET),
                    "A short secret can be guessed. Use 32 letters and digits: openssl rand -hex 32 creates them.");
        }
        if (secret != null && !secret.matches("[A-Za-z0-9._~-]+")) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.security.secret",
                    "not usable in a URL",
                    "Use 32 or more letters, digits and - . _ ~ only: openssl rand -hex 32 creates one.");
        }
    }

    /** The generated {@code toString} would print the secret into logs. */
    @Override
    public String toString() {
        return "SecurityProperties[secret=%s, open=%s]".formatted(secret == null ? "none" : "***", open);
    }
}
