/**
 * HTTP: the addresses that the platform posts to, the body forms it posts, and what it is answered. May import
 * {@code security}, {@code codec}, {@code journal} and {@code metrics}.
 */
@NullMarked
package io.callstream.gateway.ingress;

import org.jspecify.annotations.NullMarked;
