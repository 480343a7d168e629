package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A leg of the call rang, was answered or hung up; or, of kind {@link EventKind#UNCLASSIFIED}, did what we have no word
 * for.
 *
 * @param caller the calling number: in predictive dialling, the agent's extension
 * @param callee the called number: in predictive dialling, the customer
 * @param leg which side of the call it tells of; a call can report both
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

    /** An event of this shape is of one of four kinds. */
    public StatusEvent {
        if (kind == EventKind.BILL || kind == EventKind.TASK) {
            throw new IllegalArgumentException(kind + " is not the kind of a status");
        }
        unknown = Map.copyOf(unknown);
    }
}
