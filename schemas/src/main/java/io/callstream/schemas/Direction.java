package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonValue;

/** Who called whom, seen from the call centre. */
public enum Direction {
    /** A call to the call centre. */
    INBOUND("inbound"),
    /** A call from the call centre. */
    OUTBOUND("outbound");

    private final String label;

    Direction(String label) {
        this.label = label;
    }

    /**
     * Returns the value in the event's JSON.
     *
     * @return {@code inbound} or {@code outbound}
     */
    @JsonValue
    public String label() {
        return label;
    }
}
