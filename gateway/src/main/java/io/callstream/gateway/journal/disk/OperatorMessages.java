package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.files.Cursor;
import io.callstream.gateway.journal.files.Damaged;
import io.callstream.gateway.journal.files.Identity;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the disk journal tells operators: each change of its state once, with what it means and what to do. */
final class OperatorMessages {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorMessages.class);

    static final String FOLDER_GONE =
            "The journal's folder or a file in it was removed or replaced. Callbacks are answered"
                    + " 503. Records that Kafka has not acknowledged are lost if the gateway stops now: restore the folder, or"
                    + " wait for the backlog to drain, then restart the gateway.";

    private final Counter damage;
    private final Counter failures;

    /** Of the writer alone. */
    private boolean troubled;

    /** Of the writer alone. */
    private boolean undeletable;

    /** Of the loader alone. */
    private boolean unreadable;

    OperatorMessages(GatewayMetrics metrics) {
        this.damage = metrics.journalDamage();
        this.failures = metrics.journalFailures();
    }

    void identityLost() {
        LOG.warn(
                "The journal's file {} cannot be read: its records go out under a new journal id, so whatever Kafka"
                        + " had of them already cannot be told for a repeat.",
                Identity.FILE);
    }

    void cursorLost() {
        LOG.warn(
                "The journal's file {} cannot be read: everything that the folder holds goes out, some of it again.",
                Cursor.FILE);
    }

    void counted(long records, long bytes) {
        if (records > 0) {
            LOG.info(
                    "The journal holds {} record(s) that Kafka has not acknowledged, in {} MB: they go out first.",
                    records,
                    bytes >> 20);
        }
    }

    void damaged(Damaged.Stretch found) {
        String kept = found.keptAs() == null ? "and could not be kept" : "kept as " + found.keptAs();
        if (found.isTail()) {
            LOG.warn(
                    "The journal's file {} ended in {} byte(s) of a record that was cut short: they are cut off, {}. That"
                            + " is what a kill or a loss of power leaves; nobody had been answered for it, unless the disk"
                            + " is damaged.",
                    found.file(),
                    found.length(),
                    kept);
            return;
        }
        damage.increment((double) found.length());
        LOG.warn(
                "The journal's file {} is damaged at {}: {} byte(s) are no record any more and are passed over, {}."
                        + " Records may be lost: see to the disk.",
                found.file(),
                found.position(),
                found.length(),
                kept);
    }

    void unreadable(Throwable failure) {
        failures.increment();
        if (!unreadable || failure instanceof Error) {
            LOG.error(
                    "The journal cannot be read, so not all of it goes out: see to the disk. It is tried again every"
                            + " second; if the file is beyond help, stop the gateway and move that file out of the"
                            + " folder: its records are then left out. ({})",
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
                    "What the journal needs no more cannot be deleted, so the journal will fill up: see to the disk and who"
                            + " owns its folder. It is tried again every second. ({})",
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
                    "The journal could not be written, callbacks are answered 503 unless another try succeeds: see to the"
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

    void disk(boolean low, long floor) {
        if (low) {
            LOG.error(
                    "Less than {} MB are free where the journal is: callbacks are answered 503. Make room, or let"
                            + " Kafka take what waits.",
                    floor >> 20);
        } else {
            LOG.info("The journal's disk has room again.");
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

    void left(long records) {
        if (records > 0) {
            LOG.info(
                    "Stopped with {} record(s) that Kafka has not acknowledged: the journal keeps them for the next start.",
                    records);
        }
    }
}
