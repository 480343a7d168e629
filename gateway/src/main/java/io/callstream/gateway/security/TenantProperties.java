package io.callstream.gateway.security;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * A tenant's part of the tenants file, {@code callstream.security.tenants.<name>}.
 *
 * @param secrets by their names, one or two: the second one is for a rotation
 * @param companyCodes callbacks with another company code are refused; empty if every code is accepted
 * @param networks the addresses that may post, as {@code 192.0.2.0/24}; empty if all may
 * @param zone the time zone of a bill's local times; by default that of {@code callstream.ingress.zone}
 * @param reply the body of a 200; by default that of {@code callstream.ingress.reply}
 * @param replyHeaders the headers of a 200 besides the content type
 * @param undecodableStatus by default that of {@code callstream.ingress.undecodable-status}
 * @param privacy by default that of {@code callstream.privacy}
 * @param maxRate requests per second, 1 to 100,000; {@code null} if there is no limit
 * @param aboveRate what happens to requests above the rate. They are only counted by default, because the platform does
 *     not repeat a callback that was refused.
 * @param journalShare the most per cent of the journal that the tenant may fill while it is more than half full, 1 to
 *     100; {@code null} is 100 for a single tenant, otherwise 80
 * @param receptionShare the same for the memory for bodies that are being received, at any time
 * @param maxQuarantineRecords the most records that may be quarantined in a day (UTC), 0 to 10,000,000; {@code null} if
 *     there is no limit
 * @param maxQuarantineSize their most bytes; {@code null} if there is no limit
 */
record TenantProperties(
        @DefaultValue Map<String, SecretProperties> secrets,
        @DefaultValue Set<String> companyCodes,
        @DefaultValue List<String> networks,
        @Nullable ZoneId zone,
        @Nullable String reply,
        @DefaultValue Map<String, String> replyHeaders,
        @Nullable Integer undecodableStatus,
        @Nullable PrivacyProperties privacy,
        @Nullable Integer maxRate,
        @DefaultValue("report") AboveRate aboveRate,
        @Nullable Integer journalShare,
        @Nullable Integer receptionShare,
        @Nullable @DefaultValue("100000") Integer maxQuarantineRecords,
        @Nullable @DefaultValue("1GB") DataSize maxQuarantineSize) {

    /** Returns a tenant that has no limits of its own. */
    static TenantProperties of(Map<String, SecretProperties> secrets, List<String> networks) {
        return new TenantProperties(
                secrets,
                Set.of(),
                networks,
                null,
                null,
                Map.of(),
                null,
                null,
                null,
                AboveRate.REPORT,
                null,
                null,
                null,
                null);
    }

    enum AboveRate {
        REPORT,
        REFUSE
    }

    /**
     * A secret.
     *
     * @param value {@code sha256:} and 64 hexadecimal digits, or the secret itself
     * @param expires from then on it is refused; {@code null} if it does not expire
     */
    record SecretProperties(String value, @Nullable Instant expires) {

        /** The generated {@code toString} would print the secret into logs. */
        @Override
        public String toString() {
            return "SecretProperties[***]";
        }
    }
}
