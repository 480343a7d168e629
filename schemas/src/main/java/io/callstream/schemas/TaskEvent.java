package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The report of an outbound task about its own state, for example that it has ended; published to {@link Topics#TASKS}.
 * It belongs to no call. The vendor does not document it, so read all other values from {@code vendor}.
 *
 * @param taskId the dialler's id of the task, and the record's key; at most 256 characters, never {@code null}
 * @param kind always {@link EventKind#TASK}
 * @param receivedAt when the gateway read the callback, UTC, to the millisecond; never {@code null}
 * @param companyCode the dialler's code of the company (tenant); {@code null} if unknown
 * @param vendor the callback's JSON object as the dialler sent it; never {@code null}
 * @param warnings one sentence for each field that was odd or not readable; {@code null} if there are none
 * @param unknown see {@link Event#unknown()}; never {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"taskId", "kind", "receivedAt"})
public record TaskEvent(
        @Required String taskId,
        @Required EventKind kind,
        @Required Instant receivedAt,
        @Nullable String companyCode,
        @Required RawJson vendor,
        @Nullable List<String> warnings,
        @Unknown Map<String, RawJson> unknown)
        implements Event {

    /**
     * Creates an event.
     *
     * @param taskId see {@link #taskId()}
     * @param kind {@link EventKind#TASK}
     * @param receivedAt see {@link #receivedAt()}
     * @param companyCode see {@link #companyCode()}
     * @param vendor see {@link #vendor()}
     * @param warnings see {@link #warnings()}
     * @param unknown see {@link #unknown()}; it is copied
     * @throws IllegalArgumentException if {@code kind} is not {@link EventKind#TASK}
     * @throws NullPointerException if {@code unknown} is {@code null}
     */
    public TaskEvent {
        if (kind != EventKind.TASK) {
            throw new IllegalArgumentException(kind + " is not the kind of a task");
        }
        unknown = Map.copyOf(unknown);
    }

    @Override
    @JsonIgnore
    public String key() {
        return taskId;
    }
}
