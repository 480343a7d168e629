package io.callstream.schemas;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decoded callback: the value of a record in {@link Topics#EVENTS} or {@link Topics#TASKS}.
 *
 * <p>A component is {@code null} if the callback does not have the value, has one of the vendor's placeholders, or has
 * a value that cannot be read; {@link #warnings()} reports the last case. The JSON leaves the component out. Instants
 * are UTC, durations are whole seconds.
 *
 * <p>Within v1 of the contract a type may get further components. Code that only calls accessors keeps working.
 */
public sealed interface Event extends Reading permits CallEvent, TaskEvent {

    /**
     * Returns the kind of this event.
     *
     * @return the kind, never {@code null}
     */
    EventKind kind();

    /**
     * Returns the record's key. Records with the same key are in one partition, in the order in which the gateway
     * accepted the callbacks.
     *
     * @return the id of the call or task, never {@code null}
     */
    String key();

    /**
     * Returns when the gateway read the callback, by the gateway's clock. It is the only time that certainly belongs to
     * this event.
     *
     * @return an instant in UTC, to the millisecond, never {@code null}
     */
    Instant receivedAt();

    /**
     * Returns the dialler's code of the company (tenant) that the call or task belongs to.
     *
     * @return at most 256 characters; {@code null} if unknown
     */
    @Nullable
    String companyCode();

    /**
     * Returns the callback's JSON object as the dialler sent it: every field, known or unknown, with the exact text of
     * its numbers. It contains phone numbers. The dialler may change its fields at any time.
     *
     * @return a JSON object, never {@code null}
     */
    RawJson vendor();

    /**
     * Returns what was odd about the callback, one sentence each: {@code field: what is wrong}. The field has the
     * vendor's name. The wording may change, so do not parse it.
     *
     * @return one or more sentences; {@code null} if there are none
     */
    @Nullable
    List<String> warnings();

    /**
     * Returns the fields of the JSON that this version of the types does not know, by name: a newer gateway added them.
     * {@link EventJson#bytes} writes their values unchanged, but not in the same order.
     *
     * @return an unmodifiable map, empty if there are none, never {@code null}
     */
    Map<String, RawJson> unknown();
}
