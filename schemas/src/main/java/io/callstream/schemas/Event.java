package io.callstream.schemas;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoded callback, as it stands in a topic.
 *
 * <p>A component that is {@code null} was absent in the callback, held one of the vendor's placeholders, or could not
 * be read (then {@link #warnings()} says so); it is left out of the JSON. Instants are UTC, durations whole seconds.
 */
public sealed interface Event permits CallEvent, TaskEvent {

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
}
