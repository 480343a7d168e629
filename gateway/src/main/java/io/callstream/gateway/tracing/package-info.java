/**
 * Traces callbacks with OpenTelemetry, from the request to Kafka's acknowledgement. Off unless a collector is
 * configured. Every span's name and attributes are in {@code CallbackTracing}. May import the record type of
 * {@code journal} and {@code metrics}.
 *
 * <pre>
 *   POST /callbacks/bill (server) ─┬─ create calls.events (producer) ─── send calls.events (client)
 *                                  │    its context is in the record's header traceparent
 *                                  └─ append journal (internal)
 * </pre>
 */
@NullMarked
package io.callstream.gateway.tracing;

import org.jspecify.annotations.NullMarked;
