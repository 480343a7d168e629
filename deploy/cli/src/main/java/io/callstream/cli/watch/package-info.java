/** Shows the events of calls in a terminal as they come. */
@NullMarked
package io.callstream.cli.watch;

import org.jspecify.annotations.NullMarked;
