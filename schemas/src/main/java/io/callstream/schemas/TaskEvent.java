package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An outbound task told something of itself, not of a call; stands in {@link Topics#TASKS}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(value = "kind", allowGetters = true)
@JsonPropertyOrder({"taskId", "kind", "receivedAt"})
public record TaskEvent(
        @Required String taskId,
        @Required Instant receivedAt,
        @Nullable String companyCode,
        @Required RawJson vendor,
        @Nullable List<String> warnings,
        @Unknown Map<String, RawJson> unknown)
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
