package io.callstream.console.calls;

import io.callstream.schemas.CallState;
import org.jspecify.annotations.Nullable;

/**
 * Which calls a list shows. {@code null} shows all.
 *
 * @param company the company's code
 * @param extension the agent's extension
 * @param state how far the call is
 */
public record CallFilter(@Nullable String company, @Nullable String extension, CallState.@Nullable State state) {

    boolean matches(CallRow call) {
        return (company == null || company.equals(call.company()))
                && (extension == null || extension.equals(call.extension()))
                && (state == null || state == call.state());
    }
}
