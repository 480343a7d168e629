/**
 * The journal on disk. May import {@code journal}, {@code journal.queue}, {@code journal.files} and {@code metrics}.
 *
 * <p>A record goes to the relay as soon as it is written, nearly always on the writer thread and before its fsync.
 * There are three threads: the {@link Writer} and the {@link Loader} have one each, and the clock thread runs
 * {@link Deadlines}.
 *
 * <pre>
 *   append ──► HeldRecords ──── Writer ────► Segments          DiskJournal   opens, owns the lock, implements Journal
 *                   │          SyncPolicy       │              Writer        writes groups, fsyncs, rewrites, deletes
 *                   ▼                           ▼              Loader        reads records that memory does not hold
 *   records ◄── HandOut ◄────── Loader ◄──── BacklogReader     HandOut       gives records to the relay; the cursor
 *                   ▲        EarlierRuns                       SyncPolicy    when to fsync; the pause after failures
 *   published ──────┘                                          EarlierRuns   the records that earlier runs left
 *                                                              HeldRecords   records in memory; how far on disk
 *                                                              DiskWatch     checks the folder and the free space
 *                                                              Deadlines     answers overdue appends
 * </pre>
 */
@NullMarked
package io.callstream.gateway.journal.disk;

import org.jspecify.annotations.NullMarked;
