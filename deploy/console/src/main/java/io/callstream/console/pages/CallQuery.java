package io.callstream.console.pages;

import io.callstream.console.calls.CallFilter;
import io.callstream.schemas.CallState;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * What a list of calls is asked for, from and to the query of its address.
 *
 * @param filter the calls to show
 * @param text what to look for; {@code null} shows the latest calls
 */
record CallQuery(CallFilter filter, @Nullable String text) {

    /** Characters. No id is longer. */
    static final int LONGEST = 256;

    static CallQuery of(MultiValueMap<String, String> parameters) {
        String state = value(parameters, "state");
        CallState.State wanted = null;
        for (CallState.State one : CallState.State.values()) {
            wanted = one.label().equals(state) ? one : wanted;
        }
        return new CallQuery(
                new CallFilter(value(parameters, "company"), value(parameters, "extension"), wanted),
                value(parameters, "q"));
    }

    private static @Nullable String value(MultiValueMap<String, String> parameters, String name) {
        String value = parameters.getFirst(name);
        if (value == null || value.isBlank()) {
            return null;
        }
        String stripped = value.strip();
        return stripped.substring(0, Math.min(LONGEST, stripped.length()));
    }

    boolean isSearch() {
        return text != null;
    }

    /** The query of an address with its question mark; empty if nothing is chosen. */
    String address() {
        List<String> parts = new ArrayList<>();
        add(parts, "company", filter.company());
        add(parts, "extension", filter.extension());
        add(parts, "state", filter.state() == null ? null : filter.state().label());
        add(parts, "q", text);
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private static void add(List<String> parts, String name, @Nullable String value) {
        if (value != null) {
            parts.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
