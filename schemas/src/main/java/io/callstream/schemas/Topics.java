package io.callstream.schemas;

/** The names of the topics. Every key is UTF-8 text. */
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

    /**
     * Contains each event of a call once, in lifecycle order, with its {@link Timeline}. Written by the timeline stage;
     * read it with {@code isolation.level=read_committed}.
     */
    public static final String TIMELINE = "calls.timeline";

    /** Contains the {@link CallState} of each call; compacted. Written by the timeline stage, as {@link #TIMELINE}. */
    public static final String STATE = "calls.state";

    /** Contains records of {@link #EVENTS} that the timeline stage could not process, byte for byte. */
    public static final String TIMELINE_FAILED = "calls.timeline.failed";

    private Topics() {}
}
