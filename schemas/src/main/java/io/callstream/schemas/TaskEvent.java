package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An outbound task told something of itself, not of a call; stands in {@link Topics#TASKS}. */
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

    /** An event of this shape is always of kind {@link EventKind#TASK}. */
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
