package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One side of a call.
 *
 * @param id the vendor's id of the leg; of side A it is the call's own
 * @param side A or B; which of them is the agent's is the vendor's secret
 * @param unknown as in {@link Event#unknown()}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Leg(
        @Nullable String id, @Required Side side, @Unknown Map<String, RawJson> unknown) {

    /** Keeps nothing that can be changed. */
    public Leg {
        unknown = Map.copyOf(unknown);
    }

    /** The two sides, as the vendor names them. */
    public enum Side {
        A,
        B
    }
}
