/**
 * What waits in memory: the records of a journal, who waits for them, what is out at the reader. Passive, and
 * guarded by the monitor of the journal that it belongs to, but for {@code Append} and {@code Outlet}, which guard
 * themselves. May import {@code journal}.
 */
@NullMarked
package io.callstream.gateway.journal.queue;

import org.jspecify.annotations.NullMarked;
