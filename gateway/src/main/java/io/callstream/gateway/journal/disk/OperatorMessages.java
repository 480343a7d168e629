package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.files.Cursor;
import io.callstream.gateway.journal.files.Damaged;
import io.callstream.gateway.journal.files.Identity;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each change of the disk journal's state once, with its meaning and what to do. Counts failures and damaged
 * bytes.
 */
final class OperatorMessages {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorMessages.class);

    static final String FOLDER_GONE =
            "The journal's folder or a file in it was removed or replaced. Callbacks are answered"
                    + " 503. Records that Kafka has not acknowledged are lost if the gateway stops now: restore the folder, or"
                    + " wait for the backlog to drain, then restart the gateway.";

    static final String FULL =
            "The journal is full (callstream.journal.max-size). Check that Kafka accepts records; space returns as the"
                    + " backlog drains.";

    private final Counter damage;
    private final Counter failures;

    /** Used only by the writer thread. */
    private boolean troubled;

    /** Used only by the writer thread. */
    private boolean undeletable;

    /** Used only by the loader thread. */
    private boolean unreadable;

    /** Used only by the loader thread. */
    private boolean full;

    OperatorMessages(GatewayMetrics metrics) {
        this.damage = metrics.journalDamage();
        this.failures = metrics.journalFailures();
    }

    void identityLost() {
        LOG.warn(
                "The journal's file {} cannot be read. The gateway uses a new journal id, so consumers cannot recognise"
                        + " the records that Kafka already has as repeats.",
                Identity.FILE);
    }

    void cursorLost() {
        LOG.warn(
                "The journal's file {} cannot be read. The gateway publishes every record in the folder, some of them a"
                        + " second time.",
                Cursor.FILE);
    }

    void counted(long records, long bytes) {
        if (records > 0) {
            LOG.info(
                    "The journal contains {} unacknowledged record(s) in {} KB. They are published first.",
                    records,
                    bytes >> 10);
        }
    }

    void damaged(Damaged.Stretch found) {
        boolean isKept = found.keptAs() != null;
        if (found.isTail()) {
            LOG.warn(
                    "The journal's file {} ended with {} byte(s) of a record that was cut short. They are {}. A"
                            + " kill or a power loss causes this; no sender received a 2xx for that record, unless the"
                            + " disk is damaged.",
                    found.file(),
                    found.length(),
                    isKept ? "removed, kept as " + found.keptAs() : "left there, because they could not be copied");
            return;
        }
        damage.increment((double) found.length());
        LOG.warn(
                "The journal's file {} is damaged at {}: {} byte(s) are not a record and are skipped, {}. Records may be"
                        + " lost. Check the disk.",
                found.file(),
                found.position(),
                found.length(),
                isKept ? "kept as " + found.keptAs() : "and could not be kept");
    }

    void unreadable(Throwable failure) {
        failures.increment();
        if (!unreadable || failure instanceof Error) {
            LOG.error(
                    "The journal cannot be read, so some records are not published. The gateway tries again every second."
                            + " Check the disk. If the file cannot be repaired, stop the gateway and move the file out"
                            + " of the folder; its records are then skipped. ({})",
                    failure.toString(),
                    failure instanceof IOException ? null : failure);
        }
        unreadable = true;
    }

    void readable() {
        if (unreadable) {
            LOG.info("The journal can be read again.");
        }
        unreadable = false;
    }

    void notDeleted(Throwable failure) {
        failures.increment();
        if (!undeletable || failure instanceof Error) {
            LOG.error(
                    "The journal cannot delete files that it no longer needs, so it will become full. The gateway tries"
                            + " again every second. Check the disk and the owner of the folder. ({})",
                    failure.toString(),
                    failure instanceof IOException ? null : failure);
        }
        undeletable = true;
    }

    void deleted() {
        if (undeletable) {
            LOG.info("The journal can delete again.");
        }
        undeletable = false;
    }

    void failed(Throwable failure) {
        failures.increment();
        if (!troubled || failure instanceof Error) {
            LOG.error(
                    "The journal could not be written: callbacks are answered 503 unless the next try succeeds. Check the"
                            + " disk. ({})",
                    failure.toString(),
                    failure instanceof IOException ? null : failure);
        }
        troubled = true;
    }

    void recovered() {
        if (troubled) {
            LOG.info("The journal is written again.");
        }
        troubled = false;
    }

    /** A journal that was full counts as full until it is half empty, because it can fill many times as it drains. */
    void size(boolean isFull, boolean isHalfEmpty) {
        if (isFull && !full) {
            LOG.error("{} Until then callbacks are answered 503.", FULL);
            full = true;
        } else if (isHalfEmpty && full) {
            LOG.info("The journal has room again.");
            full = false;
        }
    }

    void disk(boolean low, long floor) {
        if (low) {
            LOG.error(
                    "The journal's disk has less than {} MB free (callstream.journal.free-space-floor): callbacks are"
                            + " answered 503. Free space on it, or lower the floor.",
                    floor >> 20);
        } else {
            LOG.info("The journal's disk has enough free space again.");
        }
    }

    void folder(boolean gone) {
        if (gone) {
            failures.increment();
            LOG.error(FOLDER_GONE);
        } else {
            LOG.info("The journal's folder is back: callbacks are accepted again.");
        }
    }

    /** The journal's files could not be closed at the stop. */
    void notClosed(Exception failure) {
        LOG.warn(
                "The journal's files could not be closed at the stop. After a power loss, the next start may publish"
                        + " records again that Kafka has acknowledged. Check the disk.",
                failure);
    }

    void left(long records) {
        if (records > 0) {
            LOG.info(
                    "Stopped with {} record(s) that Kafka has not acknowledged: the journal keeps them for the next start.",
                    records);
        }
    }
}
