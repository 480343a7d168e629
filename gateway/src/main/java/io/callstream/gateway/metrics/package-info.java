/** Every meter's name and meaning, in one place. Imports no room. */
@NullMarked
package io.callstream.gateway.metrics;

import org.jspecify.annotations.NullMarked;
