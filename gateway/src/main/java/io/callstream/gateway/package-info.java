/** Starts the gateway, and ends the process after a fatal error. Imports none of the gateway's other packages. */
@NullMarked
package io.callstream.gateway;

import org.jspecify.annotations.NullMarked;
