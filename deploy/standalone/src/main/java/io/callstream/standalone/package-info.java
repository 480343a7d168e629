/** Runs gateway and broker in one process, to try Callstream without any setup. */
@NullMarked
package io.callstream.standalone;

import org.jspecify.annotations.NullMarked;
