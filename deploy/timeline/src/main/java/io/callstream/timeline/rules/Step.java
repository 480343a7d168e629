package io.callstream.timeline.rules;

import io.callstream.schemas.CallState;
import io.callstream.schemas.OrphanEvent;
import io.callstream.schemas.Timeline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the rules say about one arrival, or about the passing of time, for one call. */
public final class Step {

    /** An event that is published now, with its place. */
    public record Publication(Arrival arrival, Timeline timeline) {}

    private final List<Publication> publications = new ArrayList<>(2);
    private @Nullable OrphanEvent orphan;
    private @Nullable CallState state;
    private boolean changed;
    private boolean held;
    private boolean repeat;
    private boolean unlinked;

    Step() {}

    /** Returns the events to publish, in order. */
    public List<Publication> publications() {
        return publications;
    }

    /** Returns the orphan to publish; {@code null} if there is none. */
    public @Nullable OrphanEvent orphan() {
        return orphan;
    }

    /** Returns the call's new state; {@code null} if it has not changed. */
    public @Nullable CallState state() {
        return state;
    }

    /** Returns whether the call has changed, and is to be stored. */
    public boolean isChanged() {
        return changed;
    }

    /** Returns whether the arrival waits for others. */
    public boolean isHeld() {
        return held;
    }

    /** Returns whether the arrival is a repeat of the sender's. */
    public boolean isRepeat() {
        return repeat;
    }

    /** Returns whether a bill is published that has an extension, although no status of its call has come. */
    public boolean isUnlinked() {
        return unlinked;
    }

    void publish(Arrival arrival, Timeline timeline) {
        publications.add(new Publication(arrival, timeline));
    }

    void orphan(OrphanEvent found) {
        orphan = found;
    }

    void state(CallState now) {
        state = now;
    }

    void change() {
        changed = true;
    }

    void hold() {
        held = true;
    }

    void repeat() {
        repeat = true;
    }

    void unlink() {
        unlinked = true;
    }
}
