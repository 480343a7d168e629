package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of a call, which the dialler sends after the call has ended. A number that never connected has a bill and
 * no other event. A corrected bill can follow, for example with the recording; the last bill of a call is valid.
 *
 * <p>Except where a parameter says otherwise, {@code null} means that the callback has no readable value.
 *
 * @param callId see {@link CallEvent#callId()}; never {@code null}
 * @param kind always {@link EventKind#BILL}
 * @param receivedAt when the gateway read the callback, UTC, to the millisecond; never {@code null}
 * @param companyCode the dialler's code of the company (tenant)
 * @param callStartedAt when the call started, UTC
 * @param answeredAt when the call was answered, UTC; a value alone does not prove that anybody talked, see
 *     {@code answered}
 * @param endedAt when the call ended, UTC
 * @param answered {@code true} if anybody talked, which means {@code talkSeconds > 0}; {@code null} if
 *     {@code talkSeconds} is {@code null}
 * @param waitSeconds whole seconds until the answer, or until the end if nobody answered; 0 or more
 * @param talkSeconds whole seconds of talk; 0 or more
 * @param direction who called whom
 * @param method how the call was set up; the code is not reliable
 * @param agentId the dialler's id of the agent
 * @param extension the agent's extension
 * @param displayNumber the phone number that the called party saw
 * @param destination the phone number that was dialled
 * @param hangup how the call ended; {@code null} if the callback has neither code
 * @param recording where the dialler keeps the recording; {@code null} if the callback has neither file name nor host
 * @param custom the task's own parameters, passed on unchanged; {@code null} if the callback has none of them
 * @param userKey the key that the customer pressed, as text; {@code "0"} is a key
 * @param vendor the callback's JSON object as the dialler sent it; never {@code null}
 * @param warnings one sentence for each field that was odd or not readable; {@code null} if there are none
 * @param unknown see {@link Event#unknown()}; never {@code null}
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

    /**
     * Creates an event.
     *
     * @param callId see {@link #callId()}
     * @param kind {@link EventKind#BILL}
     * @param receivedAt see {@link #receivedAt()}
     * @param companyCode see {@link #companyCode()}
     * @param callStartedAt see {@link #callStartedAt()}
     * @param answeredAt see {@link #answeredAt()}
     * @param endedAt see {@link #endedAt()}
     * @param answered see {@link #answered()}
     * @param waitSeconds see {@link #waitSeconds()}
     * @param talkSeconds see {@link #talkSeconds()}
     * @param direction see {@link #direction()}
     * @param method see {@link #method()}
     * @param agentId see {@link #agentId()}
     * @param extension see {@link #extension()}
     * @param displayNumber see {@link #displayNumber()}
     * @param destination see {@link #destination()}
     * @param hangup see {@link #hangup()}
     * @param recording see {@link #recording()}
     * @param custom see {@link #custom()}
     * @param userKey see {@link #userKey()}
     * @param vendor see {@link #vendor()}
     * @param warnings see {@link #warnings()}
     * @param unknown see {@link #unknown()}; it is copied
     * @throws IllegalArgumentException if {@code kind} is not {@link EventKind#BILL}
     * @throws NullPointerException if {@code unknown} is {@code null}
     */
    public BillEvent {
        if (kind != EventKind.BILL) {
            throw new IllegalArgumentException(kind + " is not the kind of a bill");
        }
        unknown = Map.copyOf(unknown);
    }

    /**
     * How the call ended, in the vendor's codes. The texts come from a third party's table, which is not complete, so a
     * code without a text is normal.
     *
     * @param directionCode the vendor's code of the side that ended the call; {@code null} if unknown
     * @param direction the text of {@code directionCode}, for example {@code callee hung up}; {@code null} if the code
     *     has no text
     * @param causeCode the vendor's code of the cause; {@code null} if unknown
     * @param cause the text of {@code causeCode}, for example {@code normal}, {@code busy} or {@code no answer};
     *     {@code null} if the code has no text
     * @param unknown see {@link Event#unknown()}; never {@code null}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Hangup(
            @Nullable Long directionCode,
            @Nullable String direction,
            @Nullable Long causeCode,
            @Nullable String cause,
            @Unknown Map<String, RawJson> unknown) {

        /**
         * Creates a value.
         *
         * @param directionCode see {@link #directionCode()}
         * @param direction see {@link #direction()}
         * @param causeCode see {@link #causeCode()}
         * @param cause see {@link #cause()}
         * @param unknown see {@link #unknown()}; it is copied
         * @throws NullPointerException if {@code unknown} is {@code null}
         */
        public Hangup {
            unknown = Map.copyOf(unknown);
        }
    }

    /**
     * Where the vendor keeps the recording. The values do not prove that a recording exists: an unanswered call can
     * have them. They are not an address to fetch from.
     *
     * @param fileName the recording's file name; {@code null} if unknown
     * @param host the host name or IP address; {@code null} if unknown
     * @param unknown see {@link Event#unknown()}; never {@code null}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Recording(
            @Nullable String fileName,
            @Nullable String host,
            @Unknown Map<String, RawJson> unknown) {

        /**
         * Creates a value.
         *
         * @param fileName see {@link #fileName()}
         * @param host see {@link #host()}
         * @param unknown see {@link #unknown()}; it is copied
         * @throws NullPointerException if {@code unknown} is {@code null}
         */
        public Recording {
            unknown = Map.copyOf(unknown);
        }
    }

    /**
     * Parameters that the task was created with. The gateway passes them on and does not interpret them.
     *
     * @param memberId the vendor's "memberid"; {@code null} if unset
     * @param chengshudu the vendor's "chengshudu"; {@code null} if unset
     * @param customUuid the vendor's "customuuid"; {@code null} if unset
     * @param unknown see {@link Event#unknown()}; never {@code null}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Custom(
            @Nullable String memberId,
            @Nullable String chengshudu,
            @Nullable String customUuid,
            @Unknown Map<String, RawJson> unknown) {

        /**
         * Creates a value.
         *
         * @param memberId see {@link #memberId()}
         * @param chengshudu see {@link #chengshudu()}
         * @param customUuid see {@link #customUuid()}
         * @param unknown see {@link #unknown()}; it is copied
         * @throws NullPointerException if {@code unknown} is {@code null}
         */
        public Custom {
            unknown = Map.copyOf(unknown);
        }
    }
}
