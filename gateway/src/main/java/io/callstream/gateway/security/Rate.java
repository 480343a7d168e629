package io.callstream.gateway.security;

import io.callstream.gateway.security.TenantProperties.AboveRate;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A tenant's requests per second. Bursts of one second's requests are within it. Safe for any number of threads. */
public final class Rate {

    /** Whether a request is within the rate. */
    public enum Verdict {
        WITHIN,
        /** The request is above the rate; it is accepted and counted. */
        REPORTED,
        /** The request is above the rate and is to be refused. */
        REFUSED
    }

    private final @Nullable Bucket bucket;
    private final Verdict above;

    /** @param perSecond {@code null} if there is no limit */
    Rate(@Nullable Integer perSecond, AboveRate above) {
        this.bucket = perSecond == null
                ? null
                : Bucket.builder()
                        .addLimit(limit -> limit.capacity(perSecond).refillGreedy(perSecond, Duration.ofSeconds(1)))
                        .build();
        this.above = above == AboveRate.REFUSE ? Verdict.REFUSED : Verdict.REPORTED;
    }

    /** Counts one request. */
    public Verdict request() {
        return bucket == null || bucket.tryConsume(1) ? Verdict.WITHIN : above;
    }
}
