/**
 * {@code callstream}: the command line tool to try, watch and repair a gateway. Each command has its own package. This
 * package contains what they share: the options for gateway and Kafka, the exit codes, and the output.
 */
@NullMarked
package io.callstream.cli;

import org.jspecify.annotations.NullMarked;
