/** Follows the stream of calls in a terminal. */
@NullMarked
package io.callstream.cli.watch;

import org.jspecify.annotations.NullMarked;
