/**
 * Receives callbacks over HTTP: the addresses that the platform posts to, the forms of its bodies, and the answers. May
 * import {@code security}, {@code codec}, {@code journal} and {@code metrics}.
 */
@NullMarked
package io.callstream.gateway.ingress;

import org.jspecify.annotations.NullMarked;
