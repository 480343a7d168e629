/**
 * The journal's files: segments of record batches, the cursor, the identity of the folder. Has no threads and does not
 * use Reactor; the caller chooses the thread. May import {@code journal}.
 */
@NullMarked
package io.callstream.gateway.journal.files;

import org.jspecify.annotations.NullMarked;
