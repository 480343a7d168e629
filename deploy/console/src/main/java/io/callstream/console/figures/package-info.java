/** The gateway's figures of the last hour, kept in memory, for a gateway without a Prometheus. Knows no HTML. */
@NullMarked
package io.callstream.console.figures;

import org.jspecify.annotations.NullMarked;
