package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the call came about.
 *
 * @param code the vendor's code
 * @param name our word for it, {@code null} for a code in no table that we know; the vendor's own sample shows that the
 *     code is not to be trusted
 * @param unknown as in {@link Event#unknown()}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Method(
        @Required long code, @Nullable String name, @Unknown Map<String, RawJson> unknown) {

    /** Keeps nothing that can be changed. */
    public Method {
        unknown = Map.copyOf(unknown);
    }
}
