/** The command that shows one call. */
@NullMarked
package io.callstream.cli.call;

import org.jspecify.annotations.NullMarked;
