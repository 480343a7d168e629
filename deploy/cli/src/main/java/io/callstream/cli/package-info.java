/**
 * {@code callstream}: the command line to try, watch and repair a gateway with. Each command is a room of its own; here
 * is only what they share: how a gateway and a Kafka are named, what the exit codes mean, and how things look.
 */
@NullMarked
package io.callstream.cli;

import org.jspecify.annotations.NullMarked;
