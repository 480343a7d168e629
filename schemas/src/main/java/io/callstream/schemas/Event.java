package io.callstream.schemas;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decoded callback, as it stands in a topic.
 *
 * <p>A component that is {@code null} was absent in the callback, held one of the vendor's placeholders, or could not
 * be read (then {@link #warnings()} says so); it is left out of the JSON. Instants are UTC, durations whole seconds.
 *
 * <p>Within v1 of the contract a type may get further components; whoever only reads them is not broken by that.
 */
public sealed interface Event extends Reading permits CallEvent, TaskEvent {

    EventKind kind();

    /** The record's key: whatever shares it stands in one partition, in the order in which it was accepted. */
    String key();

    /** When the gateway had read the callback, to the millisecond. */
    Instant receivedAt();

    /** The vendor's code of the company whose call or task it is. */
    @Nullable
    String companyCode();

    /** The callback's own object: every field, known or not, with the text of its numbers kept. */
    RawJson vendor();

    /** What was odd but readable, a sentence each, {@code field: what is wrong}; {@code null} when nothing was. */
    @Nullable
    List<String> warnings();

    /**
     * The fields of the JSON that this version of the types does not know, by name: what a newer gateway added. They
     * are written back as they came.
     */
    Map<String, RawJson> unknown();
}
