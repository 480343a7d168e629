/**
 * Journal to Kafka: the one pipeline that publishes, and the topics it publishes to. The only user of reactor-kafka, so
 * that it can be replaced here. May import {@code journal} and {@code metrics}, and of the contract the names in
 * {@code schemas}.
 *
 * <pre>
 *                 ┌────────────── error: close the producer, begin again at the cursor ◄─────────────┐
 *                 ▼                                                                                  │
 *   [connecting] ──► topics there ──► [mending] window one by one ──► [following] in flight ─────────┤
 *                                         │  once the window is through                              │
 *                                         └── refused alone, for itself: to quarantine ──────────────┘
 * </pre>
 */
@NullMarked
package io.callstream.gateway.relay;

import org.jspecify.annotations.NullMarked;
