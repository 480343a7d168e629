/**
 * The one queue of the gateway: whatever was accepted stands here, in order, until Kafka has it. Knows records, not
 * calls. May import {@code metrics}.
 */
@NullMarked
package io.callstream.gateway.journal;

import org.jspecify.annotations.NullMarked;
