package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An outbound task told something of itself, not of a call; stands in {@link Topics#TASKS}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"taskId", "kind", "receivedAt"})
public record TaskEvent(
        String taskId,
        Instant receivedAt,
        @Nullable String companyCode,
        RawJson vendor,
        @Nullable List<String> warnings)
        implements Event {

    @Override
    @JsonProperty
    public EventKind kind() {
        return EventKind.TASK;
    }

    @Override
    @JsonIgnore
    public String key() {
        return taskId;
    }
}
