/** Plays a predictive campaign at a gateway, as the platform would, and says what came of it. */
@NullMarked
package io.callstream.cli.dial;

import org.jspecify.annotations.NullMarked;
