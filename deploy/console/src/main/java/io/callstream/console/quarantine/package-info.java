/** The refused callbacks, read from {@code calls.quarantine}. Knows no HTML. */
@NullMarked
package io.callstream.console.quarantine;

import org.jspecify.annotations.NullMarked;
