package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of one leg of a call: it rings, was answered or hung up. The kind {@link EventKind#UNCLASSIFIED} means
 * that the callback has an undocumented status or none. A call can report both legs, so each kind can occur twice with
 * different legs.
 *
 * <p>Except where a parameter says otherwise, {@code null} means that the callback has no readable value.
 *
 * @param callId see {@link CallEvent#callId()}; never {@code null}
 * @param kind {@link EventKind#RING}, {@link EventKind#ANSWER}, {@link EventKind#HANGUP} or
 *     {@link EventKind#UNCLASSIFIED}
 * @param receivedAt when the gateway read the callback, UTC, to the millisecond; never {@code null}
 * @param companyCode the dialler's code of the company (tenant)
 * @param callStartedAt when the call started, UTC; not when it reached this status
 * @param direction who called whom
 * @param method how the call was set up; the code is not reliable
 * @param extension the agent's extension
 * @param displayNumber the phone number that the called party saw
 * @param caller the calling number: in predictive dialling, the agent's extension
 * @param callee the called number: in predictive dialling, the customer's phone number
 * @param leg the leg that has this status; never {@code null}
 * @param vendor the callback's JSON object as the dialler sent it; never {@code null}
 * @param warnings one sentence for each field that was odd or not readable; {@code null} if there are none
 * @param unknown see {@link Event#unknown()}; never {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"callId", "kind", "receivedAt"})
public record StatusEvent(
        @Required String callId,
        @Required EventKind kind,
        @Required Instant receivedAt,
        @Nullable String companyCode,
        @Nullable Instant callStartedAt,
        @Nullable Direction direction,
        @Nullable Method method,
        @Nullable String extension,
        @Nullable String displayNumber,
        @Nullable String caller,
        @Nullable String callee,
        @Required Leg leg,
        @Required RawJson vendor,
        @Nullable List<String> warnings,
        @Unknown Map<String, RawJson> unknown)
        implements CallEvent {

    /**
     * Creates an event.
     *
     * @param callId see {@link #callId()}
     * @param kind {@link EventKind#RING}, {@link EventKind#ANSWER}, {@link EventKind#HANGUP} or
     *     {@link EventKind#UNCLASSIFIED}
     * @param receivedAt see {@link #receivedAt()}
     * @param companyCode see {@link #companyCode()}
     * @param callStartedAt see {@link #callStartedAt()}
     * @param direction see {@link #direction()}
     * @param method see {@link #method()}
     * @param extension see {@link #extension()}
     * @param displayNumber see {@link #displayNumber()}
     * @param caller see {@link #caller()}
     * @param callee see {@link #callee()}
     * @param leg see {@link #leg()}
     * @param vendor see {@link #vendor()}
     * @param warnings see {@link #warnings()}
     * @param unknown see {@link #unknown()}; it is copied
     * @throws IllegalArgumentException if {@code kind} is {@link EventKind#BILL} or {@link EventKind#TASK}
     * @throws NullPointerException if {@code unknown} is {@code null}
     */
    public StatusEvent {
        if (kind == EventKind.BILL || kind == EventKind.TASK) {
            throw new IllegalArgumentException(kind + " is not the kind of a status");
        }
        unknown = Map.copyOf(unknown);
    }
}
