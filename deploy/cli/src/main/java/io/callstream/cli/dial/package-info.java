/** Plays a predictive campaign at a gateway, as the platform would, and reports the result. */
@NullMarked
package io.callstream.cli.dial;

import org.jspecify.annotations.NullMarked;
