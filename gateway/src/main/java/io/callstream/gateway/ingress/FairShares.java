package io.callstream.gateway.ingress;

import io.callstream.gateway.journal.Backlog;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.Tenant;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps one tenant from using up what all share: the memory for bodies that are being received, and the journal. A
 * tenant's share of the journal counts only while the journal is more than half full. Safe for any number of threads.
 */
final class FairShares {

    private static final long LOOK = Duration.ofMillis(100).toNanos();

    /** Below this part of the limit, the journal counts as nearly empty. */
    private static final int LITTLE = 16;

    static final Problem ABOVE_RECEPTION = Problem.unavailable(
            "This tenant is sending more bodies at once than its share of the gateway's memory: send it again, with fewer"
                    + " at a time.",
            Problem.SOON);

    private final Journal journal;
    private final long journalBytes;
    private final long receptionBytes;
    private final GatewayMetrics metrics;

    private final AtomicLong lookedAt = new AtomicLong(System.nanoTime() - LOOK);
    private volatile boolean filling;

    /** Rises each time that the journal is nearly empty. */
    private final AtomicLong backlog = new AtomicLong();

    /**
     * @param journalBytes the journal's size limit
     * @param receptionBytes the most bytes of bodies that are being received
     */
    FairShares(Journal journal, long journalBytes, long receptionBytes, GatewayMetrics metrics) {
        this.journal = journal;
        this.journalBytes = journalBytes;
        this.receptionBytes = receptionBytes;
        this.metrics = metrics;
    }

    /** Starts to receive a body. */
    Body receive(Tenant tenant) {
        return new Body(tenant);
    }

    /** Whether the tenant may store records now. Otherwise it is counted. */
    boolean mayStore(Tenant tenant) {
        if (tenant.journal().isAll()) {
            return true;
        }
        look();
        if (!filling || tenant.journal().isLeft(journalBytes, backlog.get())) {
            return true;
        }
        metrics.tenant(tenant.name()).aboveShare("journal");
        return false;
    }

    /** The answer if {@link #mayStore} is false. */
    Problem aboveJournal() {
        return Problem.unavailable(
                "The journal fills, and this tenant has used its share of it: send it again later. Operators: check that"
                        + " Kafka accepts records.",
                journal.retryAfter());
    }

    void stored(Tenant tenant, long bytes) {
        if (!tenant.journal().isAll()) {
            tenant.journal().add(bytes, backlog.get());
        }
    }

    private void look() {
        long last = lookedAt.get();
        long now = System.nanoTime();
        if (now - last >= LOOK && lookedAt.compareAndSet(last, now)) {
            Backlog found = journal.backlog();
            filling = found.bytes() > journalBytes / 2;
            if (found.records() == 0 || found.bytes() < journalBytes / LITTLE) {
                backlog.incrementAndGet();
            }
        }
    }

    /** The bytes of one body while it is received. Used by the event loop of its connection only. */
    final class Body {

        private final Tenant tenant;
        private long taken;

        private Body(Tenant tenant) {
            this.tenant = tenant;
        }

        /** Takes bytes of the tenant's share. Returns {@code false} if there are not as many. */
        boolean take(int bytes) {
            if (tenant.reception().take(bytes, receptionBytes)) {
                taken += bytes;
                return true;
            }
            metrics.tenant(tenant.name()).aboveShare("reception");
            return false;
        }

        /** Returns all bytes that were taken. */
        void release() {
            tenant.reception().release(taken);
            taken = 0;
        }
    }
}
