/**
 * The contract between the gateway and everybody who reads its topics: the event types, and the names of topics and
 * headers. The one jar a Java consumer depends on; it knows nothing of HTTP, of Spring or of the vendor's dialect.
 *
 * <p>{@link io.callstream.schemas.kafka} has what a Kafka client needs; the same contract for any language, as JSON
 * Schema, AsyncAPI and OpenAPI, lies in the jar's folder {@code contract}.
 */
@NullMarked
package io.callstream.schemas;

import org.jspecify.annotations.NullMarked;
