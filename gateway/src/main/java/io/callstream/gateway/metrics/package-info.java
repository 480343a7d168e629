/** Defines every metric's name and meaning, in one place. Imports none of the gateway's other packages. */
@NullMarked
package io.callstream.gateway.metrics;

import org.jspecify.annotations.NullMarked;
