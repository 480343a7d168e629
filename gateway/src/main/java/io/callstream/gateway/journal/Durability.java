package io.callstream.gateway.journal;

/** What {@link Receipt#DURABLE} rests on. */
public enum Durability {
    /** Kafka's acknowledgement; there is no other copy. */
    KAFKA,
    /** An fsync on this gateway's disk; Kafka's acknowledgement does not survive the loss of a broker. */
    DISK,
    /** Kafka's acknowledgement, or an fsync on this gateway's disk where Kafka takes too long. */
    KAFKA_OR_DISK
}
