package io.callstream.gateway.ingress;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Limits and answers of the callbacks' port.
 *
 * @param maxBodySize the largest body that is read; a larger one is answered 413. 1 KB to 128 KB, so that its event
 *     fits into a record.
 * @param bodyTimeout how long a body may take to arrive; after that the answer is 408. 1 s to 60 s.
 * @param headTimeout how long the head of a request may take to arrive; after that the answer is 408. 1 s to 60 s.
 * @param drainTimeout how long a stop waits for senders to close their connections; each answer asks them to. 0 s to
 *     25 s.
 * @param maxConnections the most connections that may be open at a time, 16 to 100,000. By default, one for each 64 KB
 *     of the heap, 10,000 at most. Fewer if the process has too few file descriptors.
 * @param maxConnectionsPerAddress the most open connections from one address; by default, as many as
 *     {@code maxConnections}
 * @param maxReceptionSize the most memory of bodies that have not arrived whole and of requests that wait behind others
 *     on their connection, 1 MB to 1 GB. By default, an eighth of the heap.
 * @param reply the body of a 200. The vendor does not document what the platform expects.
 * @param undecodableStatus the status of the answer to a quarantined callback: 400, or 200, 202 or 422 for a sender
 *     that stops posting to an address after errors. A body of an unsupported type is always answered 415.
 * @param zone the time zone of a bill's local times: an offset or a region
 */
@ConfigurationProperties("callstream.ingress")
record IngressProperties(
        @DefaultValue("64KB") DataSize maxBodySize,
        @DefaultValue("10s") Duration bodyTimeout,
        @DefaultValue("5s") Duration headTimeout,
        @DefaultValue("5s") Duration drainTimeout,
        @Nullable Integer maxConnections,
        @Nullable Integer maxConnectionsPerAddress,
        @Nullable DataSize maxReceptionSize,
        @DefaultValue("success") String reply,
        @DefaultValue("400") int undecodableStatus,
        @DefaultValue("+08:00") ZoneId zone) {

    private static final Set<Integer> UNDECODABLE_STATUSES = Set.of(200, 202, 400, 422);

    IngressProperties {
        if (maxBodySize.compareTo(DataSize.ofKilobytes(1)) < 0
                || maxBodySize.compareTo(DataSize.ofKilobytes(128)) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.ingress.max-body-size", maxBodySize, "Set it between 1KB and 128KB.");
        }
        if (bodyTimeout.toMillis() < 1000 || bodyTimeout.toMillis() > 60_000) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.ingress.body-timeout", bodyTimeout, "Set it between 1s and 60s.");
        }
        if (headTimeout.toMillis() < 1000 || headTimeout.toMillis() > 60_000) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.ingress.head-timeout", headTimeout, "Set it between 1s and 60s.");
        }
        if (drainTimeout.isNegative() || drainTimeout.toMillis() > 25_000) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.ingress.drain-timeout", drainTimeout, "Set it between 0s and 25s.");
        }
        if (maxConnections != null && (maxConnections < 16 || maxConnections > 100_000)) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.ingress.max-connections", maxConnections, "Set it between 16 and 100000.");
        }
        if (maxConnectionsPerAddress != null && (maxConnectionsPerAddress < 1 || maxConnectionsPerAddress > 100_000)) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.ingress.max-connections-per-address",
                    maxConnectionsPerAddress,
                    "Set it between 1 and 100000.");
        }
        if (maxReceptionSize != null
                && (maxReceptionSize.compareTo(DataSize.ofMegabytes(1)) < 0
                        || maxReceptionSize.compareTo(DataSize.ofGigabytes(1)) > 0)) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.ingress.max-reception-size", maxReceptionSize, "Set it between 1MB and 1GB.");
        }
        if (!UNDECODABLE_STATUSES.contains(undecodableStatus)) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.ingress.undecodable-status", undecodableStatus, "Set it to 400, 422, 200 or 202.");
        }
    }
}
