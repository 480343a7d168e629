package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call came to, told once it is over. A number that never connected yields a bill and nothing else; a bill can
 * come again, corrected.
 *
 * @param answered whether anybody talked: {@code talkSeconds > 0}, unknown where that is
 * @param waitSeconds seconds until the answer, or until the end where nobody answered
 * @param talkSeconds seconds of talk
 * @param agentId the vendor's id of the agent
 * @param destination the number that was dialled
 * @param custom the campaign's own parameters, handed through
 * @param userKey the key that the customer pressed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"callId", "kind", "receivedAt"})
public record BillEvent(
        @Required String callId,
        @Required EventKind kind,
        @Required Instant receivedAt,
        @Nullable String companyCode,
        @Nullable Instant callStartedAt,
        @Nullable Instant answeredAt,
        @Nullable Instant endedAt,
        @Nullable Boolean answered,
        @Nullable Long waitSeconds,
        @Nullable Long talkSeconds,
        @Nullable Direction direction,
        @Nullable Method method,
        @Nullable String agentId,
        @Nullable String extension,
        @Nullable String displayNumber,
        @Nullable String destination,
        @Nullable Hangup hangup,
        @Nullable Recording recording,
        @Nullable Custom custom,
        @Nullable String userKey,
        @Required RawJson vendor,
        @Nullable List<String> warnings,
        @Unknown Map<String, RawJson> unknown)
        implements CallEvent {

    /** An event of this shape is always of kind {@link EventKind#BILL}. */
    public BillEvent {
        if (kind != EventKind.BILL) {
            throw new IllegalArgumentException(kind + " is not the kind of a bill");
        }
        unknown = Map.copyOf(unknown);
    }

    /**
     * How the call ended, in the vendor's codes; a code without a text is in no table that we know.
     *
     * @param directionCode the code of which side ended it
     * @param causeCode the code of why
     * @param unknown as in {@link Event#unknown()}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Hangup(
            @Nullable Long directionCode,
            @Nullable String direction,
            @Nullable Long causeCode,
            @Nullable String cause,
            @Unknown Map<String, RawJson> unknown) {

        /** Keeps nothing that can be changed. */
        public Hangup {
            unknown = Map.copyOf(unknown);
        }
    }

    /**
     * Where the vendor keeps the recording. Data only: neither proves that a recording exists, nor is it an address.
     *
     * @param unknown as in {@link Event#unknown()}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Recording(
            @Nullable String fileName,
            @Nullable String host,
            @Unknown Map<String, RawJson> unknown) {

        /** Keeps nothing that can be changed. */
        public Recording {
            unknown = Map.copyOf(unknown);
        }
    }

    /**
     * Parameters that whoever created the task gave to it; opaque.
     *
     * @param unknown as in {@link Event#unknown()}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Custom(
            @Nullable String memberId,
            @Nullable String chengshudu,
            @Nullable String customUuid,
            @Unknown Map<String, RawJson> unknown) {

        /** Keeps nothing that can be changed. */
        public Custom {
            unknown = Map.copyOf(unknown);
        }
    }
}
