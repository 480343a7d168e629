package io.callstream.gateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.github.bucket4j.Bucket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the requests that are denied because of their credential, and logs their number at most once a minute. It also
 * finds who guesses: an address, an IPv6 address by its /64, may send ten wrong credentials and then ten a minute. At
 * most 10,000 addresses are remembered; past that the one that was seen longest ago is forgotten. Safe for any number
 * of threads.
 */
final class Denials {

    private static final Logger LOG = LoggerFactory.getLogger(Denials.class);
    private static final int MOST_ADDRESSES = 10_000;
    private static final int PER_MINUTE = 10;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int IPV6_PREFIX = 64;

    /** Why a request is denied. The sender does not learn it; operators see it in the metric and the log. */
    enum Reason {
        MISSING("missing", "the address contains no credential"),
        WRONG("wrong", "the secret is not known, or belongs to another tenant"),
        EXPIRED("expired", "the secret has expired"),
        NETWORK("network", "the tenant's networks do not contain the sender");

        private final String label;
        private final String words;

        Reason(String label, String words) {
            this.label = label;
            this.words = words;
        }
    }

    private final GatewayMetrics metrics;
    private final Cache<String, Bucket> addresses = Caffeine.newBuilder()
            .maximumSize(MOST_ADDRESSES)
            .expireAfterAccess(MINUTE.multipliedBy(2))
            .build();

    private long unlogged;
    private long loggedAt = System.nanoTime() - MINUTE.toNanos();

    Denials(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    /** Counts a denied request. Returns whether its address has sent more of them than it may. */
    boolean denied(Reason reason, InetAddress client) {
        metrics.credentialDenied(reason.label);
        log(reason, client);
        byte[] address = client.getAddress();
        String key = HexFormat.of().formatHex(Network.masked(address, Math.min(address.length * 8, IPV6_PREFIX)));
        return !addresses.get(key, k -> bucket()).tryConsume(1);
    }

    private static Bucket bucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(PER_MINUTE).refillGreedy(PER_MINUTE, MINUTE))
                .build();
    }

    private synchronized void log(Reason reason, InetAddress client) {
        unlogged++;
        long now = System.nanoTime();
        if (now - loggedAt < MINUTE.toNanos()) {
            return;
        }
        LOG.warn(
                "Denied {} request(s) since the last such line; the last one came from {}, because {}. Metric:"
                        + " callstream_credentials_denied_total. If it is a platform, compare the address that is entered"
                        + " there.",
                unlogged,
                client.getHostAddress(),
                reason.words);
        unlogged = 0;
        loggedAt = now;
    }
}
