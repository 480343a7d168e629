package io.callstream.gateway.security;

import io.callstream.gateway.metrics.GatewayMetrics;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Gives the guard its tenants: at the start, and within two seconds of a change of the tenants file. All requests
 * change from one version of the file to the next at once.
 */
final class TenantsReload implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TenantsReload.class);
    private static final long LOOKS_APART_SECONDS = 1;

    private final @Nullable TenantsFile file;
    private final Guard guard;
    private final GatewayMetrics metrics;
    private final Scheduler thread = Schedulers.newSingle("tenants-file", true);

    /** Changed by the thread only. */
    private @Nullable Tenants current;

    /**
     * Reads the file.
     *
     * @param file {@code null} if there is none
     * @param single the tenants of a gateway without a file; {@code null} if it has no secret
     */
    TenantsReload(@Nullable TenantsFile file, @Nullable Tenants single, Guard guard, GatewayMetrics metrics) {
        this.file = file;
        this.guard = guard;
        this.metrics = metrics;
        use(file == null ? single : file.load());
        if (file != null) {
            metrics.tenantsFile(file::isValid);
            thread.schedulePeriodically(this::look, LOOKS_APART_SECONDS, LOOKS_APART_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void look() {
        try {
            Tenants changed = file == null || current == null ? null : file.changed(current);
            if (changed != null) {
                use(changed);
            }
        } catch (RuntimeException e) {
            // The scheduler would not call this method again.
            LOG.error("Reading the tenants file failed because of a fault in the gateway; it is read again", e);
        }
    }

    private void use(@Nullable Tenants next) {
        current = next;
        guard.use(next);
        metrics.secrets(next == null ? List.of() : next.secretUses());
        // A tenant whose platform has never posted is to be seen, too.
        (next == null ? List.of(Tenant.OPEN) : next.all()).forEach(tenant -> metrics.tenant(tenant.name()));
    }

    @Override
    public void close() {
        thread.dispose();
    }
}
