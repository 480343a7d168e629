package io.callstream.console.pages;

import tools.jackson.databind.json.JsonMapper;

/** JSON for attributes of htmx and for exports. */
final class Json {

    private Json() {}

    /** An object with one text. */
    static String object(String name, String value) {
        return text(java.util.Map.of(name, value));
    }

    static String text(Object value) {
        return JsonMapper.shared().writeValueAsString(value);
    }
}
