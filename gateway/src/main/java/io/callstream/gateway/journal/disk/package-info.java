/**
 * The journal on disk. May import {@code journal}, {@code journal.queue}, {@code journal.files} and {@code metrics}.
 *
 * <p>A record goes to the relay once it is written; nearly always on the writer's thread, before its fsync. Of the three
 * threads the {@link Writer} and the {@link Loader} have one each; the third is the clock's, see {@link Deadlines}.
 *
 * <pre>
 *   append ──► HeldRecords ──── Writer ────► Segments          DiskJournal   opens, guards, answers the contract
 *                   │          SyncPolicy       │              Writer        groups, syncs, writes again, deletes
 *                   ▼                           ▼              Loader        fetches what memory does not hold
 *   records ◄── HandOut ◄────── Loader ◄──── BacklogReader     HandOut       each record to the relay once; the cursor
 *                   ▲        EarlierRuns                       SyncPolicy    when to sync; how long to wait after a failure
 *   published ──────┘                                          EarlierRuns   what was there at the start
 *                                                              HeldRecords   what memory holds; how far it is on disk
 *                                                              DiskWatch     whether the folder is there and has space
 *                                                              Deadlines     answers that are overdue
 * </pre>
 */
@NullMarked
package io.callstream.gateway.journal.disk;

import org.jspecify.annotations.NullMarked;
