package io.callstream.schemas;

/** The topics' names. */
public final class Topics {

    /** Events of calls; the key is the call's id. */
    public static final String EVENTS = "calls.events";

    /** Events of tasks; the key is the task's id. */
    public static final String TASKS = "calls.tasks";

    /** What could not be decoded, byte for byte; the key is the call's id where it could be read. */
    public static final String QUARANTINE = "calls.quarantine";

    private Topics() {}
}
