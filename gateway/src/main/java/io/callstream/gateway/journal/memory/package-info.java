/**
 * The journal of a gateway without a disk of its own. May import {@code journal}, {@code journal.queue},
 * {@code metrics}.
 */
@NullMarked
package io.callstream.gateway.journal.memory;

import org.jspecify.annotations.NullMarked;
