package io.callstream.gateway.security;

import io.callstream.gateway.codec.Privacy;
import java.net.InetAddress;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A company whose platform posts here, and what is agreed with it. A value that is {@code null} means the setting of
 * {@code callstream.ingress} or {@code callstream.privacy}.
 */
public final class Tenant {

    /** The name of the only tenant of a gateway without a tenants file. */
    static final String DEFAULT = "default";

    /** The share of an only tenant, in per cent. */
    static final int ALL = 100;

    /** The tenant of every request to a gateway without a secret. It has no limits of its own. */
    public static final Tenant OPEN =
            new Tenant(DEFAULT, TenantProperties.of(Map.of(), List.of()), ALL, List.of(), List.of());

    private final String name;
    private final Set<String> companyCodes;
    private final List<Network> networks;
    private final List<Secret> secrets;
    private final @Nullable ZoneId zone;
    private final @Nullable String reply;
    private final Map<String, String> replyHeaders;
    private final @Nullable Integer undecodableStatus;
    private final @Nullable Privacy privacy;
    private final Rate rate;
    private final JournalShare journal;
    private final Share reception;
    private final QuarantineQuota quarantine;

    /** @param share per cent, unless the properties set it */
    Tenant(String name, TenantProperties properties, int share, List<Secret> secrets, List<Network> networks) {
        this.name = name;
        this.companyCodes = properties.companyCodes();
        this.networks = networks;
        this.secrets = secrets;
        this.zone = properties.zone();
        this.reply = properties.reply();
        this.replyHeaders = properties.replyHeaders();
        this.undecodableStatus = properties.undecodableStatus();
        this.privacy = properties.privacy() == null
                ? null
                : properties.privacy().privacy("%s.%s.privacy".formatted(TenantsFile.PREFIX, name));
        this.rate = new Rate(properties.maxRate(), properties.aboveRate());
        this.journal = new JournalShare(Objects.requireNonNullElse(properties.journalShare(), share));
        this.reception = new Share(Objects.requireNonNullElse(properties.receptionShare(), share));
        this.quarantine = new QuarantineQuota(properties.maxQuarantineRecords(), properties.maxQuarantineSize());
    }

    public String name() {
        return name;
    }

    /** The name, or {@code null} for the tenant of a gateway without a tenants file, which is called {@code default}. */
    public @Nullable String named() {
        return name.equals(DEFAULT) ? null : name;
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

    /** What is published and kept of its callbacks' phone numbers. */
    public @Nullable Privacy privacy() {
        return privacy;
    }

    public Rate rate() {
        return rate;
    }

    public JournalShare journal() {
        return journal;
    }

    public Share reception() {
        return reception;
    }

    public QuarantineQuota quarantine() {
        return quarantine;
    }
}
