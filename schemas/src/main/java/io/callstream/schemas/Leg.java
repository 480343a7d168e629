package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One side of a call.
 *
 * @param id the vendor's id of the leg, at most 256 characters; for side A it is the call's id; {@code null} if unknown
 * @param side A or B; never {@code null}
 * @param unknown see {@link Event#unknown()}; never {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Leg(
        @Nullable String id, @Required Side side, @Unknown Map<String, RawJson> unknown) {

    /**
     * Creates a value.
     *
     * @param id see {@link #id()}
     * @param side see {@link #side()}
     * @param unknown see {@link #unknown()}; it is copied
     * @throws NullPointerException if {@code unknown} is {@code null}
     */
    public Leg {
        unknown = Map.copyOf(unknown);
    }

    /**
     * The two sides, as the vendor names them. One page of its documentation says that B is the customer's phone and A
     * the agent's; do not rely on it.
     */
    public enum Side {
        /** A leg that the callback does not mark as side B. */
        A,
        /** The leg that the callback marks as side B. */
        B
    }
}
