/**
 * What is on disk: segments of record batches, the cursor, the identity of the folder. No threads and no Reactor: whoever
 * calls decides. May import {@code journal}.
 */
@NullMarked
package io.callstream.gateway.journal.files;

import org.jspecify.annotations.NullMarked;
