package io.callstream.gateway.security;

import java.net.InetAddress;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A company whose platform posts here, and what is agreed with it. A value that is {@code null} means the setting of
 * {@code callstream.ingress}.
 */
public final class Tenant {

    /** The name of the only tenant of a gateway without a tenants file. */
    static final String DEFAULT = "default";

    /** The tenant of every request to a gateway without a secret. It has no limits of its own. */
    public static final Tenant OPEN = new Tenant(DEFAULT, TenantProperties.withSecrets(Map.of()), List.of(), List.of());

    private final String name;
    private final Set<String> companyCodes;
    private final List<Network> networks;
    private final List<Secret> secrets;
    private final @Nullable ZoneId zone;
    private final @Nullable String reply;
    private final Map<String, String> replyHeaders;
    private final @Nullable Integer undecodableStatus;
    private final Rate rate;
    private final QuarantineQuota quarantine;

    Tenant(String name, TenantProperties properties, List<Secret> secrets, List<Network> networks) {
        this.name = name;
        this.companyCodes = properties.companyCodes();
        this.networks = networks;
        this.secrets = secrets;
        this.zone = properties.zone();
        this.reply = properties.reply();
        this.replyHeaders = properties.replyHeaders();
        this.undecodableStatus = properties.undecodableStatus();
        this.rate = new Rate(properties.maxRate(), properties.aboveRate());
        this.quarantine = new QuarantineQuota(properties.maxQuarantineRecords(), properties.maxQuarantineSize());
    }

    public String name() {
        return name;
    }

    /** Whether callbacks with this company code are this tenant's. A callback without a code is. */
    public boolean owns(@Nullable String companyCode) {
        return companyCode == null || companyCodes.isEmpty() || companyCodes.contains(companyCode);
    }

    boolean allows(InetAddress client) {
        return networks.isEmpty() || networks.stream().anyMatch(network -> network.contains(client));
    }

    List<Secret> secrets() {
        return secrets;
    }

    /** The time zone of a bill's local times. */
    public @Nullable ZoneId zone() {
        return zone;
    }

    /** The body of a 200. */
    public @Nullable String reply() {
        return reply;
    }

    /** The headers of a 200 besides the content type. */
    public Map<String, String> replyHeaders() {
        return replyHeaders;
    }

    public @Nullable Integer undecodableStatus() {
        return undecodableStatus;
    }

    public Rate rate() {
        return rate;
    }

    public QuarantineQuota quarantine() {
        return quarantine;
    }
}
