package io.callstream.gateway.codec;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a body came in, for the headers of what is quarantined.
 *
 * @param path the address, without its secret
 * @param contentType the header as the sender wrote it
 * @param contentEncoding likewise
 * @param query of the address, without the secret
 */
public record Reception(
        Instant receivedAt,
        String path,
        String tenant,
        @Nullable String contentType,
        @Nullable String contentEncoding,
        @Nullable String query) {}
