/** Gateway and broker in one process, for whoever wants to see calls flow before setting anything up. */
@NullMarked
package io.callstream.standalone;

import org.jspecify.annotations.NullMarked;
