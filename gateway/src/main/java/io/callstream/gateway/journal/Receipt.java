package io.callstream.gateway.journal;

/** The result of an append. */
public enum Receipt {
    /** Durable: Kafka has acknowledged every record, and its acknowledgement is durable. */
    IN_KAFKA,
    /** Durable: every record is fsynced on this gateway's disk. */
    ON_DISK,
    /** The records are in the journal and may still be published, but no durable copy was confirmed in time. */
    UNKNOWN,
    /** Nothing was appended: the journal is full. */
    FULL,
    /**
     * Nothing was appended: the disk fails or has no space, the journal's folder is gone, or the gateway is stopping.
     */
    FAILING;

    /** Whether every record has a copy that survives the end of the gateway's process. */
    public boolean isDurable() {
        return this == IN_KAFKA || this == ON_DISK;
    }

    /** Whether the records are in the journal. */
    public boolean isKept() {
        return isDurable() || this == UNKNOWN;
    }
}
