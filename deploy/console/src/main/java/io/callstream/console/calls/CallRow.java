package io.callstream.console.calls;

import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallState;
import java.time.Instant;
import java.util.stream.Stream;
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
        long offset) {

    /** Characters. A longer text is no name or number, and 100,000 of them would take too much memory. */
    private static final int LONGEST = 64;

    static CallRow of(CallState call, int partition, long offset) {
        BillEvent.Hangup hangup = call.hangup();
        String cause = null;
        if (hangup != null) {
            cause = hangup.cause() != null || hangup.causeCode() == null
                    ? hangup.cause()
                    : Long.toString(hangup.causeCode());
        }
        return new CallRow(
                call.callId(),
                call.sequence(),
                call.state(),
                cut(call.companyCode()),
                cut(call.agentId()),
                cut(call.extension()),
                cut(call.customer()),
                call.answered(),
                call.waitSeconds(),
                call.talkSeconds(),
                cut(cause),
                call.missing() != null,
                call.startedAt(),
                firstReceivedAt(call),
                call.updatedAt(),
                partition,
                offset);
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    private static Instant firstReceivedAt(CallState call) {
        Stream<@Nullable Instant> statuses = call.legs() == null
                ? Stream.empty()
                : call.legs().stream()
                        .flatMap(
                                leg -> Stream.of(leg.ringReceivedAt(), leg.answerReceivedAt(), leg.hangupReceivedAt()));
        Instant first = call.updatedAt();
        for (Instant at : statuses.toList()) {
            first = at != null && at.isBefore(first) ? at : first;
        }
        return first;
    }
}
