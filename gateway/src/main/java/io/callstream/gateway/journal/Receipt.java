package io.callstream.gateway.journal;

/** The result of an append. */
public enum Receipt {
    /** Every record has a copy that survives the end of the gateway's process. */
    DURABLE,
    /** The records are in the journal and may still be published, but no durable copy was confirmed in time. */
    UNKNOWN,
    /** Nothing was appended: the journal is full. */
    FULL,
    /**
     * Nothing was appended: the disk fails or has no space, the journal's folder is gone, or the gateway is stopping.
     */
    FAILING
}
