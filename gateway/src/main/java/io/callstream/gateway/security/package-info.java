/** Decides who may post callbacks. May import {@code metrics}. */
@NullMarked
package io.callstream.gateway.security;

import org.jspecify.annotations.NullMarked;
