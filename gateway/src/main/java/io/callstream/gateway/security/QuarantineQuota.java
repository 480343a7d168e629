package io.callstream.gateway.security;

import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** The records and bytes that a tenant may have quarantined in a day (UTC). Safe for any number of threads. */
public final class QuarantineQuota {

    private final int maxRecords;
    private final long maxBytes;

    private long day;
    private int records;
    private long bytes;

    /** A limit that is {@code null} does not exist. */
    QuarantineQuota(@Nullable Integer maxRecords, @Nullable DataSize maxSize) {
        this.maxRecords = maxRecords == null ? Integer.MAX_VALUE : maxRecords;
        this.maxBytes = maxSize == null ? Long.MAX_VALUE : maxSize.toBytes();
    }

    /** Takes room for these records. Returns {@code false}, and takes nothing, if there is not enough. */
    public synchronized boolean take(int moreRecords, long moreBytes, Instant now) {
        long today = now.atOffset(ZoneOffset.UTC).toLocalDate().toEpochDay();
        if (today != day) {
            day = today;
            records = 0;
            bytes = 0;
        }
        if (moreRecords > maxRecords - records || moreBytes > maxBytes - bytes) {
            return false;
        }
        records += moreRecords;
        bytes += moreBytes;
        return true;
    }
}
