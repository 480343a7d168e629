/**
 * Publishes the journal's records to Kafka, and creates and checks the topics. Only this package uses reactor-kafka, so
 * that it can be replaced here. May import {@code codec}, {@code journal}, {@code metrics} and the topic and header
 * names of {@code schemas}.
 *
 * <pre>
 *                 ┌────────── error: close the producer, start again at the cursor ◄───────────┐
 *                 ▼                                                                            │
 *   [connecting] ──► topics exist ──► [one by one] earlier window ──► [following] in flight ───┤
 *                                         │  once that window is published                     │
 *                                         └── Kafka rejects a single record: quarantine it ────┘
 * </pre>
 */
@NullMarked
package io.callstream.gateway.relay;

import org.jspecify.annotations.NullMarked;
