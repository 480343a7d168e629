/** Looks into the journal of a gateway that has gone, and has it go out to Kafka. */
@NullMarked
package io.callstream.cli.journal;

import org.jspecify.annotations.NullMarked;
