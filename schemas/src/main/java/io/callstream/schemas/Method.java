package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the call was set up. Do not rely on it: the vendor's own sample of a predictive bill has code 6, {@code ivr}.
 *
 * @param code the vendor's code; 0 to 6 are known, others occur
 * @param name our word for the codes 0 to 6: {@code unspecified}, {@code extension}, {@code manual}, {@code api},
 *     {@code doubleCall}, {@code predictive}, {@code ivr}; {@code null} for any other code; words may be added
 * @param unknown see {@link Event#unknown()}; never {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Method(
        @Required long code, @Nullable String name, @Unknown Map<String, RawJson> unknown) {

    /**
     * Creates a value.
     *
     * @param code see {@link #code()}
     * @param name see {@link #name()}
     * @param unknown see {@link #unknown()}; it is copied
     * @throws NullPointerException if {@code unknown} is {@code null}
     */
    public Method {
        unknown = Map.copyOf(unknown);
    }
}
