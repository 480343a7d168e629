package io.callstream.gateway.codec;

import io.callstream.schemas.Event;

/**
 * A callback that could be read.
 *
 * @param event what it tells
 * @param id the hash of its canonical JSON: the same for a repeat, another for a correction
 */
public record Decoded(Event event, String id) implements Outcome {

    /** The kind's label, for metrics. */
    public String kind() {
        return event.kind().label();
    }
}
