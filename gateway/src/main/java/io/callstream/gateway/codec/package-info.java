/**
 * The vendor's dialect: a callback's text becomes an event or a rejection, and either becomes a record. Pure Java; the
 * zone and the time of receipt are passed in. May import {@code schemas} and the journal's record type.
 *
 * <p>Where a fact about the dialect is marked [doc] or [seen], it is the vendor's own or found in public code of people
 * who receive these callbacks.
 */
@NullMarked
package io.callstream.gateway.codec;

import org.jspecify.annotations.NullMarked;
