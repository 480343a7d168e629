package io.callstream.gateway.ingress;

import java.time.Duration;

/**
 * What the senders of one port may make the gateway hold.
 *
 * @param connections the most that may be open
 * @param perAddress the most of them from one address
 * @param receptionBytes the most bytes of bodies that have not arrived whole and of requests that wait behind others on their connection
 * @param head the longest time that a request's head may take to arrive
 * @param body likewise, a body
 * @param answer the longest time from one answer to the next while requests wait for theirs: the gateway takes 2 s at most,
 *     so past it the sender does not read
 * @param idle the longest time without a request
 */
record ConnectionLimits(
        int connections,
        int perAddress,
        long receptionBytes,
        Duration head,
        Duration body,
        Duration answer,
        Duration idle) {

    static final Duration ANSWER = Duration.ofSeconds(10);

    /** Long, because a connection that is closed just when its sender posts is a lost callback. */
    static final Duration IDLE = Duration.ofMinutes(5);

    /** The share of one event loop of several. */
    ConnectionLimits share(int loops) {
        return new ConnectionLimits(
                Math.max(1, connections / loops),
                Math.max(1, perAddress / loops),
                receptionBytes / loops,
                head,
                body,
                answer,
                idle);
    }
}
