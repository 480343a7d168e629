package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** The kind of an event: the status of one leg of a call, the bill of a call, or the report of a task. */
public enum EventKind {
    /**
     * A leg of the call rings. In predictive dialling the agent's extension rings only after the customer has
     * connected.
     */
    RING("ring", "io.callstream.call.ring.v1"),
    /** A leg of the call was answered. */
    ANSWER("answer", "io.callstream.call.answer.v1"),
    /** A leg of the call hung up. The cause is in the bill, which follows. */
    HANGUP("hangup", "io.callstream.call.hangup.v1"),
    /** The result of a call, after its end. */
    BILL("bill", "io.callstream.call.bill.v1"),
    /**
     * A callback of a call with an undocumented status or none. See {@link Event#warnings()} and
     * {@link Event#vendor()}.
     */
    UNCLASSIFIED("unclassified", "io.callstream.call.unclassified.v1"),
    /** An outbound task reported its state, for example that it has ended. */
    TASK("task", "io.callstream.task.v1");

    private final String label;
    private final String type;

    EventKind(String label, String type) {
        this.label = label;
        this.type = type;
    }

    /**
     * Returns the value of {@code kind} in the event's JSON and in the gateway's metrics, for example {@code ring}.
     *
     * @return the name in lower case
     */
    @JsonValue
    public String label() {
        return label;
    }

    /**
     * Returns the CloudEvents type, for example {@code io.callstream.call.ring.v1}.
     *
     * @return the value of the header {@code ce_type}
     */
    public String type() {
        return type;
    }

    /**
     * Returns the kind that has a CloudEvents type.
     *
     * @param type a value of the header {@code ce_type}
     * @return the kind; {@code null} for a type that this version does not know
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
