package io.callstream.console.calls;

import io.callstream.schemas.CallState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the console remembers of a call: what a list shows, what a search finds it by, and where its records are.
 * Smaller than a {@link CallState}, because an index holds 100,000 of them. Texts are the sender's and not safe to print.
 *
 * @param id the call's id, the key of its records
 * @param sequence the sequence of the call's last record in {@code calls.timeline}
 * @param state how far the call is
 * @param hangup the hangup's cause in words, or its code
 * @param isIncomplete whether an event is missing
 * @param firstReceivedAt when the gateway received the call's first known event
 * @param partition the partition of its records, in {@code calls.state} and {@code calls.timeline}
 * @param offset the offset of this state in {@code calls.state}
 */
public record CallRow(
        String id,
        long sequence,
        CallState.State state,
        @Nullable String company,
        @Nullable String agent,
        @Nullable String extension,
        @Nullable String customer,
        @Nullable Boolean answered,
        @Nullable Long waitSeconds,
        @Nullable Long talkSeconds,
        @Nullable String hangup,
        boolean isIncomplete,
        @Nullable Instant startedAt,
        Instant firstReceivedAt,
        Instant updatedAt,
        int partition,
        long offset) {}
