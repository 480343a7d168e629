package io.callstream.gateway.ingress;

import java.time.Duration;

/**
 * The limits of one port's connections.
 *
 * @param connections the most open connections
 * @param perAddress the most open connections from one address
 * @param receptionBytes the most bytes of bodies that have not arrived whole and of requests that wait behind others on
 *     their connection
 * @param head the longest time in which the head of a request may arrive
 * @param body the longest time in which a body may arrive
 * @param answering the longest time from one answer to the next while requests wait for theirs, for the port's slowest
 *     answer
 * @param answer the longest time in which a sender may not read an answer
 * @param idle the longest time without a request
 */
record ConnectionLimits(
        int connections,
        int perAddress,
        long receptionBytes,
        Duration head,
        Duration body,
        Duration answering,
        Duration answer,
        Duration idle) {

    /** A callback is answered within 2 s, so after a longer time the sender does not read. */
    static final Duration ANSWER = Duration.ofSeconds(10);

    /** Long, because a callback is lost if its connection is closed at the moment when it is posted. */
    static final Duration IDLE = Duration.ofMinutes(5);

    /** Returns the share of each event loop. */
    ConnectionLimits share(int loops) {
        return new ConnectionLimits(
                Math.max(1, connections / loops),
                Math.max(1, perAddress / loops),
                receptionBytes / loops,
                head,
                body,
                answering,
                answer,
                idle);
    }
}
