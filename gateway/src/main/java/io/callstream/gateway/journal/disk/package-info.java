/**
 * The journal on disk: three threads between {@code journal.queue} and {@code journal.files}. May import these two,
 * {@code journal} and {@code metrics}.
 *
 * <pre>
 *   append ──► HeldRecords ──── Writer ────► Segments          DiskJournal   opens, guards, answers the contract
 *                   │          SyncPolicy       │              Writer        groups, syncs, writes again, deletes
 *                   ▼                           ▼              Loader        fetches what memory does not hold
 *   records ◄── HandOut ◄────── Loader ◄──── BacklogReader     HandOut       each record to the relay once; the cursor
 *                   ▲        EarlierRuns                       SyncPolicy    when to sync; how long to wait after a failure
 *   published ──────┘                                          EarlierRuns   what was there at the start
 * </pre>
 */
@NullMarked
package io.callstream.gateway.journal.disk;

import org.jspecify.annotations.NullMarked;
