package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The place of an event in its call's timeline, and what the timeline stage has to say about it. A component is
 * {@code null} if it would say nothing; the JSON leaves it out.
 *
 * @param sequence 1, 2, 3 … for each call, without gaps; 0 if {@code forgotten} or {@code foreign}. A record of {@link Topics#TIMELINE}
 *     with a sequence that is not greater than the last one of its call is a repeat
 * @param missing the kinds of events that should have come before this one and did not: {@code ring}, {@code answer},
 *     {@code hangup}, and {@code bill} for an orphan; kinds may be added
 * @param late {@code true} if the event came after its place was given away, so that it is behind a later event
 * @param corrected {@code true} if the event is another bill of the call, with other content: the last one is valid
 * @param repeats how many repeats of the call's callbacks have come so far; they are not published
 * @param waitedMillis how long the event waited for events that belong before it
 * @param forgotten {@code true} if the call started so long ago that its timeline is no longer known
 * @param foreign {@code true} if another tenant posted the call's first event: this one changes nothing in the call
 * @param unknown see {@link Event#unknown()}; never {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder("sequence")
public record Timeline(
        @Required long sequence,
        @Nullable List<String> missing,
        @Nullable Boolean late,
        @Nullable Boolean corrected,
        @Nullable Long repeats,
        @Nullable Long waitedMillis,
        @Nullable Boolean forgotten,
        @Nullable Boolean foreign,
        @Unknown Map<String, RawJson> unknown) {

    /**
     * Creates a value.
     *
     * @param sequence see {@link #sequence()}
     * @param missing see {@link #missing()}
     * @param late see {@link #late()}
     * @param corrected see {@link #corrected()}
     * @param repeats see {@link #repeats()}
     * @param waitedMillis see {@link #waitedMillis()}
     * @param forgotten see {@link #forgotten()}
     * @param foreign see {@link #foreign()}
     * @param unknown see {@link #unknown()}; it is copied
     * @throws NullPointerException if {@code unknown} is {@code null}
     */
    public Timeline {
        unknown = Map.copyOf(unknown);
    }
}
