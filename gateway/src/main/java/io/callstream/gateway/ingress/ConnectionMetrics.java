package io.callstream.gateway.ingress;

import io.callstream.gateway.metrics.GatewayMetrics;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the connections that a limit has closed, and logs their number at most once a minute, except idle ones. */
final class ConnectionMetrics {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionMetrics.class);
    private static final long LINES_APART = Duration.ofMinutes(1).toNanos();

    /** Why the gateway closed a connection. The name is the metric's label. */
    enum Reason {
        HEAD_TIMEOUT("the head of a request did not arrive in time"),
        BODY_TIMEOUT("the body of a request did not arrive in time"),
        ANSWER_UNREAD("an answer was not read in time"),
        /** The connection has carried no request for a long time. This is normal, so it is not logged. */
        IDLE(""),
        /** The connection was closed to make room for others. */
        MADE_ROOM("a limit was reached and it was the one that had been unfinished or idle for longest"),
        /** A new connection was refused, because there was no room for it. */
        NO_ROOM("a limit was reached and no other could be closed for it");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final String port;
    private final GatewayMetrics metrics;
    private long unlogged;
    private long loggedAt = System.nanoTime() - LINES_APART;

    ConnectionMetrics(String port, GatewayMetrics metrics) {
        this.port = port;
        this.metrics = metrics;
    }

    void refused(int status) {
        metrics.refusedUnread(status);
    }

    synchronized void closed(Reason reason) {
        metrics.connectionClosed(port, reason.label());
        if (reason == Reason.IDLE) {
            return;
        }
        unlogged++;
        long now = System.nanoTime();
        if (now - loggedAt < LINES_APART) {
            return;
        }
        LOG.warn(
                "Closed {} connection(s) to the {} port since the last such line; the last one because {}."
                        + " Metric: callstream_connections_closed_total. Check who connects; raise"
                        + " callstream.ingress.max-connections if it is the platform.",
                unlogged,
                port,
                reason.words);
        unlogged = 0;
        loggedAt = now;
    }
}
