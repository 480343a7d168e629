package io.callstream.gateway.codec;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Describes the request that a body came with. The values become headers of a quarantine record.
 *
 * @param path the path of the address, without its secret
 * @param contentType the header's value as the sender wrote it
 * @param contentEncoding the header's value as the sender wrote it
 * @param query the query of the address, without the secret
 */
public record Reception(
        Instant receivedAt,
        String path,
        String tenant,
        @Nullable String contentType,
        @Nullable String contentEncoding,
        @Nullable String query) {}
