/** The command that erases calls. */
@NullMarked
package io.callstream.cli.erase;

import org.jspecify.annotations.NullMarked;
