/**
 * Decodes the vendor's callbacks into events or rejections, and encodes both as records. Pure Java without Spring,
 * Reactor or Netty; the caller passes the time zone and the time of receipt. May import {@code schemas} and the
 * journal's record types.
 *
 * <p>A fact about the vendor's format is marked [doc] if the vendor documents it. It is marked [seen] if it comes from
 * public code of people who receive these callbacks.
 */
@NullMarked
package io.callstream.gateway.codec;

import org.jspecify.annotations.NullMarked;
