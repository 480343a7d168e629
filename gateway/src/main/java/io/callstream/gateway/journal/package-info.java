/**
 * The contract of the gateway's only queue: it stores records in order until Kafka has acknowledged them. It knows
 * records, not calls. The packages below implement it: {@code queue} the records in memory, {@code files} the files on
 * disk, {@code memory} and {@code disk} the two forms of the journal. Imports no other package of the gateway.
 */
@NullMarked
package io.callstream.gateway.journal;

import org.jspecify.annotations.NullMarked;
