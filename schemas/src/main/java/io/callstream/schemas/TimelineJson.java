package io.callstream.schemas;

import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Converts between the values of {@link Topics#TIMELINE} and {@link Topics#STATE} and their Java types. Thread-safe.
 */
public final class TimelineJson {

    private static final byte[] MEMBER = {'"', 't', 'i', 'm', 'e', 'l', 'i', 'n', 'e', '"', ':'};

    private TimelineJson() {}

    /**
     * Adds the member {@code timeline} to an event's JSON object. Nothing else in the JSON changes.
     *
     * @param event the value of a record of {@link Topics#EVENTS}
     * @param timeline the event's place
     * @return the value of a record of {@link Topics#TIMELINE}; {@code null} if {@code event} is no JSON object
     */
    public static byte @Nullable [] bytes(byte[] event, Timeline timeline) {
        int end = event.length - 1;
        while (end > 0 && event[end] <= ' ') {
            end--;
        }
        int begin = 0;
        while (begin < end && event[begin] <= ' ') {
            begin++;
        }
        if (end <= begin || event[begin] != '{' || event[end] != '}') {
            return null;
        }
        int last = end - 1;
        while (event[last] <= ' ') {
            last--;
        }
        byte[] place = EventJson.MAPPER.writeValueAsBytes(timeline);
        int comma = last == begin ? 0 : 1;
        byte[] bytes = Arrays.copyOf(event, end + comma + MEMBER.length + place.length + 1);
        int at = end;
        if (comma == 1) {
            bytes[at++] = ',';
        }
        System.arraycopy(MEMBER, 0, bytes, at, MEMBER.length);
        System.arraycopy(place, 0, bytes, at + MEMBER.length, place.length);
        bytes[bytes.length - 1] = '}';
        return bytes;
    }

    /**
     * Writes an orphan.
     *
     * @param orphan the orphan
     * @return the value of a record of {@link Topics#TIMELINE} with the type {@link OrphanEvent#TYPE}
     */
    public static byte[] bytes(OrphanEvent orphan) {
        return EventJson.MAPPER.writeValueAsBytes(orphan);
    }

    /**
     * Writes a state.
     *
     * @param state the state
     * @return the value of a record of {@link Topics#STATE}
     */
    public static byte[] bytes(CallState state) {
        return EventJson.MAPPER.writeValueAsBytes(state);
    }

    /**
     * Reads the value of a record of {@link Topics#TIMELINE}. Throws no exception for anything that the value contains.
     *
     * @param type the record's header {@code ce_type}; {@code null} if the record does not have it
     * @param value the record's value, not {@code null}; do not change the array afterwards
     * @return the event with its place, the orphan, or an {@link Unreadable} with the reason; never {@code null}
     */
    public static TimelineReading read(@Nullable String type, byte[] value) {
        try {
            if (OrphanEvent.TYPE.equals(type)) {
                return EventJson.value(OrphanEvent.class, value);
            }
            Reading reading = EventJson.read(type, value);
            if (reading instanceof Unreadable unreadable) {
                return unreadable;
            }
            Timeline timeline = reading instanceof CallEvent event ? place(event) : null;
            return timeline == null
                    ? EventJson.malformed("It has no place in a call's timeline.", value)
                    : new TimelineEvent((CallEvent) reading, timeline);
        } catch (CharacterCodingException e) {
            return EventJson.malformed("It is no UTF-8.", value);
        } catch (JacksonException e) {
            return EventJson.malformed(EventJson.explanation(e), value);
        }
    }

    /**
     * Returns the place of an event that was read as a plain event from a record of {@link Topics#TIMELINE}.
     *
     * @param event the event
     * @return the place; {@code null} if the event has none
     */
    public static @Nullable Timeline place(CallEvent event) {
        RawJson place = event.unknown().get("timeline");
        return place == null ? null : EventJson.value(Timeline.class, place.text());
    }

    /**
     * Reads the value of a record of {@link Topics#STATE}.
     *
     * @param value the record's value, not {@code null}
     * @return the state; never {@code null}
     * @throws IllegalArgumentException if the value is no state; the message contains no value of a field
     */
    public static CallState state(byte[] value) {
        try {
            return EventJson.value(CallState.class, value);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("It is no UTF-8.", e);
        } catch (JacksonException e) {
            // Without the cause, whose message quotes the value.
            throw new IllegalArgumentException(EventJson.explanation(e));
        }
    }
}
