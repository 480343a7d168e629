package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** What a callback told: a state of a call, its bill, or the end of a task. */
public enum EventKind {
    RING("ring", "io.callstream.call.ring.v1"),
    ANSWER("answer", "io.callstream.call.answer.v1"),
    HANGUP("hangup", "io.callstream.call.hangup.v1"),
    BILL("bill", "io.callstream.call.bill.v1"),
    /** Of a call, but with a status that nobody has described; the vendor's own object tells the rest. */
    UNCLASSIFIED("unclassified", "io.callstream.call.unclassified.v1"),
    TASK("task", "io.callstream.task.v1");

    private final String label;
    private final String type;

    EventKind(String label, String type) {
        this.label = label;
        this.type = type;
    }

    /** The value of {@code kind} in an event, and of the metrics' label of that name. */
    @JsonValue
    public String label() {
        return label;
    }

    /** The CloudEvents type: the value of the header {@code ce_type}. */
    public String type() {
        return type;
    }

    /**
     * The kind of that CloudEvents type.
     *
     * @return {@code null} for a type that this version does not know
     */
    public static @Nullable EventKind ofType(String type) {
        for (EventKind kind : values()) {
            if (kind.type.equals(type)) {
                return kind;
            }
        }
        return null;
    }
}
