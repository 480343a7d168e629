package io.callstream.gateway.security;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Settings for who may post callbacks.
 *
 * @param secret the secret of a gateway with one tenant, or {@code sha256:} and its hash. If it is set, only requests
 *     with it are served. At least 16 letters, digits and {@code -._~}.
 * @param tenantsFile a YAML file with {@code callstream.security.tenants}, instead of {@code secret}
 * @param trustedProxies networks of the proxies whose {@code X-Forwarded-For} is believed
 * @param open whether to listen beyond loopback without a secret
 */
@ConfigurationProperties("callstream.security")
record SecurityProperties(
        @Nullable String secret,
        @Nullable Path tenantsFile,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue("false") boolean open) {

    /** The name of the setting {@code secret}. */
    static final String SECRET = "callstream.security.secret";

    SecurityProperties {
        if (secret != null) {
            Secret.hash(SECRET, secret);
            if (tenantsFile != null) {
                throw new InvalidConfigurationPropertyValueException(
                        SECRET,
                        "set besides callstream.security.tenants-file",
                        "Set only one of them: the file has the secrets of all tenants.");
            }
        }
        for (String proxy : trustedProxies) {
            if (Network.parse(proxy) == null) {
                throw new InvalidConfigurationPropertyValueException(
                        "callstream.security.trusted-proxies",
                        proxy,
                        "Write networks as 192.0.2.0/24 or 2001:db8::/32, separated by commas.");
            }
        }
    }

    /** Whether requests need a credential. */
    boolean isGuarded() {
        return secret != null || tenantsFile != null;
    }

    /** The generated {@code toString} would print the secret into logs. */
    @Override
    public String toString() {
        return "SecurityProperties[secret=%s, tenantsFile=%s, trustedProxies=%s, open=%s]"
                .formatted(secret == null ? "none" : "***", tenantsFile, trustedProxies, open);
    }
}
