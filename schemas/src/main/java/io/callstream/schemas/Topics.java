package io.callstream.schemas;

/** The names of the gateway's topics. Every key is UTF-8 text. */
public final class Topics {

    /** Contains every {@link CallEvent}; the key is the call's id. */
    public static final String EVENTS = "calls.events";

    /** Contains every {@link TaskEvent}; the key is the task's id. */
    public static final String TASKS = "calls.tasks";

    /**
     * Contains callbacks that cannot be decoded, byte for byte, and records that Kafka rejected. The key is the id of
     * the call or task; {@code null} if it is not readable.
     */
    public static final String QUARANTINE = "calls.quarantine";

    private Topics() {}
}
