/**
 * The contract between the gateway and the consumers of its topics: event types, topic names and header names. A Java
 * consumer depends on this jar only. It is independent of HTTP, of Spring and of the vendor's dialect.
 *
 * <p>{@link io.callstream.schemas.kafka} contains the classes for Kafka clients. The jar's folder {@code contract}
 * contains the same contract for any language, as JSON Schema, AsyncAPI and OpenAPI.
 */
@NullMarked
package io.callstream.schemas;

import org.jspecify.annotations.NullMarked;
