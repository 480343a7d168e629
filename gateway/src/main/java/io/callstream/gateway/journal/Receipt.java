package io.callstream.gateway.journal;

/** What became of an append. */
public enum Receipt {
    /** Every record has a copy that survives the gateway's death. */
    DURABLE,
    /** The records stand in the journal and may still be published, but nobody can promise it. */
    UNKNOWN,
    /** Nothing was appended: the journal has no room. */
    FULL,
    /** Nothing was appended: the disk fails or has no space, the journal's folder is gone, or the gateway is stopping. */
    FAILING
}
