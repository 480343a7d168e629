/**
 * The one queue of the gateway, as others see it: what was accepted is in it, in order, until Kafka has it. Knows records,
 * not calls. The rooms below it make it: {@code queue} what waits in memory, {@code files} what is on disk, {@code memory}
 * and {@code disk} the two forms. Imports no room.
 */
@NullMarked
package io.callstream.gateway.journal;

import org.jspecify.annotations.NullMarked;
