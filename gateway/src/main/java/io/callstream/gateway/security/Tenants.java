package io.callstream.gateway.security;

import io.callstream.gateway.metrics.GatewayMetrics.SecretUse;
import io.callstream.gateway.security.TenantProperties.SecretProperties;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** The tenants of one version of the tenants file, and whose each secret is. Immutable. */
final class Tenants {

    private static final int MOST_TENANTS = 1000;
    private static final int MOST_SECRETS = 2;
    private static final int FASTEST = 100_000;
    private static final int MOST_QUARANTINED = 10_000_000;

    /** In per cent. One tenant usually sends most of the callbacks; the rest is enough for the others. */
    private static final int SHARE_OF_SEVERAL = 80;

    private static final Set<Integer> UNDECODABLE_STATUSES = Set.of(200, 202, 400, 422);

    /** A secret and its owner. */
    record Owned(Secret secret, Tenant tenant) {}

    private final Map<String, Tenant> byName;
    private final Map<String, TenantProperties> properties;
    private final Map<Secret.Hash, Owned> bySecret = new HashMap<>();

    /**
     * Creates the tenants.
     *
     * @param previous an unchanged tenant of this version keeps its counts, an unchanged secret its last use
     * @throws InvalidConfigurationPropertyValueException with the setting, the mistake and the fix
     */
    Tenants(Map<String, TenantProperties> properties, @Nullable Tenants previous) {
        if (properties.isEmpty() || properties.size() > MOST_TENANTS) {
            throw new InvalidConfigurationPropertyValueException(
                    TenantsFile.PREFIX,
                    "a list of %d tenants".formatted(properties.size()),
                    "Set between 1 and %d.".formatted(MOST_TENANTS));
        }
        this.properties = Map.copyOf(properties);
        this.byName = new LinkedHashMap<>();
        int share = properties.size() == 1 ? Tenant.ALL : SHARE_OF_SEVERAL;
        boolean sameShare = previous != null && (previous.properties.size() == 1) == (properties.size() == 1);
        properties.forEach((name, one) -> {
            Tenant before = previous == null ? null : previous.byName.get(name);
            boolean unchanged = sameShare
                    && one.equals(Objects.requireNonNull(previous).properties.get(name));
            Tenant tenant = before != null && unchanged
                    ? before
                    : tenant(name, one, share, before == null ? List.of() : before.secrets());
            byName.put(name, tenant);
            for (Secret secret : tenant.secrets()) {
                Owned other = bySecret.put(secret.hash(), new Owned(secret, tenant));
                if (other != null) {
                    throw new InvalidConfigurationPropertyValueException(
                            path(name, ".secrets." + secret.name()),
                            "the same as a secret of tenant " + other.tenant().name(),
                            "Give each its own.");
                }
            }
        });
    }

    private static Tenant tenant(String name, TenantProperties properties, int share, List<Secret> before) {
        if (!name.matches("[a-z0-9-]{1,40}")) {
            throw mistake(name, "", "not a name", "Use 1 to 40 lower-case letters, digits and hyphens.");
        }
        int count = properties.secrets().size();
        if (count < 1 || count > MOST_SECRETS) {
            throw mistake(name, ".secrets", "a list of %d secrets".formatted(count), "Set one, or two in a rotation.");
        }
        requireBetween(name, ".max-rate", properties.maxRate(), 1, FASTEST);
        requireBetween(name, ".journal-share", properties.journalShare(), 1, Tenant.ALL);
        requireBetween(name, ".reception-share", properties.receptionShare(), 1, Tenant.ALL);
        requireBetween(name, ".max-quarantine-records", properties.maxQuarantineRecords(), 0, MOST_QUARANTINED);
        Integer status = properties.undecodableStatus();
        if (status != null && !UNDECODABLE_STATUSES.contains(status)) {
            throw mistake(name, ".undecodable-status", status, "Set it to 400, 422, 200 or 202.");
        }
        List<Network> networks = new ArrayList<>();
        for (String text : properties.networks()) {
            Network network = Network.parse(text);
            if (network == null) {
                throw mistake(name, ".networks", text, "Write networks as 192.0.2.0/24 or 2001:db8::/32.");
            }
            networks.add(network);
        }
        List<Secret> secrets = new ArrayList<>();
        properties.secrets().forEach((label, secret) -> secrets.add(secret(name, label, secret, before)));
        return new Tenant(name, properties, share, secrets, networks);
    }

    private static Secret secret(String tenant, String name, SecretProperties properties, List<Secret> before) {
        Secret.Hash hash = Secret.hash(path(tenant, ".secrets." + name + ".value"), properties.value());
        for (Secret old : before) {
            if (old.name().equals(name)
                    && old.hash().equals(hash)
                    && Objects.equals(old.expires(), properties.expires())) {
                return old;
            }
        }
        return new Secret(name, hash, properties.expires());
    }

    private static void requireBetween(String tenant, String rest, @Nullable Integer value, int least, int most) {
        if (value != null && (value < least || value > most)) {
            throw mistake(tenant, rest, value, "Set it between %d and %d.".formatted(least, most));
        }
    }

    private static InvalidConfigurationPropertyValueException mistake(
            String tenant, String rest, Object value, String fix) {
        return new InvalidConfigurationPropertyValueException(path(tenant, rest), value, fix);
    }

    private static String path(String tenant, String rest) {
        return TenantsFile.PREFIX + '.' + tenant + rest;
    }

    /** Returns the secret with this hash, and its owner; {@code null} if there is none. */
    @Nullable
    Owned find(Secret.Hash hash) {
        return bySecret.get(hash);
    }

    /** For metrics: which secrets there are, and when each was last used. */
    List<SecretUse> secretUses() {
        return byName.values().stream()
                .flatMap(tenant -> tenant.secrets().stream()
                        .map(secret ->
                                new SecretUse(tenant.name(), secret.name(), secret::lastUsedMillis, secret.expires())))
                .toList();
    }

    Collection<Tenant> all() {
        return byName.values();
    }
}
