package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonValue;

/** Who called whom, seen from the call centre. */
public enum Direction {
    INBOUND("inbound"),
    OUTBOUND("outbound");

    private final String label;

    Direction(String label) {
        this.label = label;
    }

    @JsonValue
    public String label() {
        return label;
    }
}
