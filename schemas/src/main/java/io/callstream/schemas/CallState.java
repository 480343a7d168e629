package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import io.callstream.schemas.BillEvent.Custom;
import io.callstream.schemas.BillEvent.Hangup;
import io.callstream.schemas.BillEvent.Recording;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call as it is now: the value of a record in {@link Topics#STATE}. It suffices for one row of a CRM's table. Replace
 * a row only by a state with a greater {@code sequence}.
 *
 * <p>Except where a parameter says otherwise, {@code null} means that no event of the call has said it yet. The bill's
 * own times are used where it has them; otherwise a time is the {@link Event#receivedAt()} of a status.
 *
 * @param callId see {@link CallEvent#callId()}; never {@code null}
 * @param companyCode the dialler's code of the company (tenant)
 * @param state how far the call is; never {@code null}
 * @param complete whether after-call work may begin: the bill is there
 * @param direction who called whom
 * @param method how the call was set up; the code is not reliable
 * @param startedAt when the call started
 * @param ringingAt when the first ring was received
 * @param answeredAt when the call was answered
 * @param endedAt when the call ended
 * @param answered whether anybody talked, from the bill
 * @param waitSeconds whole seconds until the answer, or until the end if nobody answered
 * @param talkSeconds whole seconds of talk
 * @param customer the customer's phone number
 * @param displayNumber the phone number that the called party saw
 * @param extension the agent's extension
 * @param agentId the dialler's id of the agent
 * @param hangup how the call ended
 * @param recording where the dialler keeps the recording
 * @param custom the task's own parameters
 * @param legs the legs that have reported a status, in the order of their first events; {@code null} if there are none
 * @param bills how many different bills have come: more than 1 means that a bill was corrected; 0 is left out
 * @param missing the kinds of events that should have come and have not; {@code null} if there are none
 * @param late how many events came after their place was given away; {@code null} if none did
 * @param repeats how many repeats of the call's callbacks have come; {@code null} if none has
 * @param unlinked {@code true} if the bill has an extension and no status of the call has come: the dialler may give
 *     the bill another id than the statuses
 * @param sequence the sequence of the call's last record in {@link Topics#TIMELINE}
 * @param updatedAt the {@link Event#receivedAt()} of the event that led to this state; never {@code null}
 * @param unknown see {@link Event#unknown()}; never {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"callId", "companyCode", "state"})
public record CallState(
        @Required String callId,
        @Nullable String companyCode,
        @Required State state,
        @Required boolean complete,
        @Nullable Direction direction,
        @Nullable Method method,
        @Nullable Instant startedAt,
        @Nullable Instant ringingAt,
        @Nullable Instant answeredAt,
        @Nullable Instant endedAt,
        @Nullable Boolean answered,
        @Nullable Long waitSeconds,
        @Nullable Long talkSeconds,
        @Nullable String customer,
        @Nullable String displayNumber,
        @Nullable String extension,
        @Nullable String agentId,
        @Nullable Hangup hangup,
        @Nullable Recording recording,
        @Nullable Custom custom,
        @Nullable List<LegState> legs,
        @Nullable Long bills,
        @Nullable List<String> missing,
        @Nullable Long late,
        @Nullable Long repeats,
        @Nullable Boolean unlinked,
        @Required long sequence,
        @Required Instant updatedAt,
        @Unknown Map<String, RawJson> unknown) {

    /** The CloudEvents type of a state. */
    public static final String TYPE = "io.callstream.call.state.v1";

    /** The header {@code ce_type} of a tombstone that an operator wrote to erase the call: delete what you keep of it. */
    public static final String ERASED = "io.callstream.call.erased.v1";

    /**
     * Creates a value.
     *
     * @param callId see {@link #callId()}
     * @param companyCode see {@link #companyCode()}
     * @param state see {@link #state()}
     * @param complete see {@link #complete()}
     * @param direction see {@link #direction()}
     * @param method see {@link #method()}
     * @param startedAt see {@link #startedAt()}
     * @param ringingAt see {@link #ringingAt()}
     * @param answeredAt see {@link #answeredAt()}
     * @param endedAt see {@link #endedAt()}
     * @param answered see {@link #answered()}
     * @param waitSeconds see {@link #waitSeconds()}
     * @param talkSeconds see {@link #talkSeconds()}
     * @param customer see {@link #customer()}
     * @param displayNumber see {@link #displayNumber()}
     * @param extension see {@link #extension()}
     * @param agentId see {@link #agentId()}
     * @param hangup see {@link #hangup()}
     * @param recording see {@link #recording()}
     * @param custom see {@link #custom()}
     * @param legs see {@link #legs()}
     * @param bills see {@link #bills()}
     * @param missing see {@link #missing()}
     * @param late see {@link #late()}
     * @param repeats see {@link #repeats()}
     * @param unlinked see {@link #unlinked()}
     * @param sequence see {@link #sequence()}
     * @param updatedAt see {@link #updatedAt()}
     * @param unknown see {@link #unknown()}; it is copied
     * @throws NullPointerException if {@code unknown} is {@code null}
     */
    public CallState {
        unknown = Map.copyOf(unknown);
    }

    /** How far a call is. States may be added. */
    public enum State {
        /** A leg rings, or has reported something else, and not every leg is answered. */
        RINGING,
        /** Every leg that has reported is answered, and not every one has hung up. */
        TALKING,
        /** Every leg that has reported has hung up; the bill has not come. */
        ENDED,
        /** The bill is there. */
        BILLED,
        /** No bill has come for hours. */
        ORPHANED;

        /**
         * Returns the value in the JSON.
         *
         * @return the name in lower case
         */
        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What one leg of the call has reported. A time is {@code null} if that status has not come.
     *
     * @param side A or B; never {@code null}
     * @param id the vendor's id of the leg; {@code null} if unknown
     * @param extension the agent's extension; {@code null} if unknown
     * @param ringReceivedAt when the ring was received
     * @param answerReceivedAt when the answer was received
     * @param hangupReceivedAt when the hangup was received
     * @param unknown see {@link Event#unknown()}; never {@code null}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LegState(
            @Required Leg.Side side,
            @Nullable String id,
            @Nullable String extension,
            @Nullable Instant ringReceivedAt,
            @Nullable Instant answerReceivedAt,
            @Nullable Instant hangupReceivedAt,
            @Unknown Map<String, RawJson> unknown) {

        /**
         * Creates a value.
         *
         * @param side see {@link #side()}
         * @param id see {@link #id()}
         * @param extension see {@link #extension()}
         * @param ringReceivedAt see {@link #ringReceivedAt()}
         * @param answerReceivedAt see {@link #answerReceivedAt()}
         * @param hangupReceivedAt see {@link #hangupReceivedAt()}
         * @param unknown see {@link #unknown()}; it is copied
         * @throws NullPointerException if {@code unknown} is {@code null}
         */
        public LegState {
            unknown = Map.copyOf(unknown);
        }
    }
}
