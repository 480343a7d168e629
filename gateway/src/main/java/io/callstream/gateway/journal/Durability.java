package io.callstream.gateway.journal;

/** Which copy of its records an append has when its receipt is {@link Receipt#isDurable durable}. */
public enum Durability {
    /** Kafka has acknowledged the records; there is no other copy. */
    KAFKA,
    /**
     * The records are fsynced on this gateway's disk; Kafka's acknowledgement does not survive the loss of a broker.
     */
    DISK,
    /** Kafka has acknowledged the records, or, if it takes too long, they are fsynced on this gateway's disk. */
    KAFKA_OR_DISK
}
