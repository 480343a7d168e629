/**
 * The records in memory: appended records and their appends, and the records that are handed out to the reader. The
 * lock of the journal that they belong to guards these classes, except {@code Append} and {@code Outlet}, which are
 * thread-safe. May import {@code journal}.
 */
@NullMarked
package io.callstream.gateway.journal.queue;

import org.jspecify.annotations.NullMarked;
