/**
 * The web console on the operators' port, below {@code /console/}: its settings, its parts put together, and the guard
 * in front of its pages. {@link io.callstream.console.calls} reads calls from Kafka,
 * {@link io.callstream.console.quarantine} reads and resends refused callbacks, {@link io.callstream.console.figures}
 * keeps the gateway's last hour, and {@link io.callstream.console.pages} renders all of it.
 */
@NullMarked
package io.callstream.console;

import org.jspecify.annotations.NullMarked;
