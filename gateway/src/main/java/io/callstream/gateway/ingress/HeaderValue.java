package io.callstream.gateway.ingress;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A header's value with parameters, such as {@code form-data; name="detail"}, read in one pass.
 *
 * @param value the text before the first semicolon, in lower case
 * @param parameters the values without quotes, by name in lower case; the first value if a name occurs twice
 */
record HeaderValue(String value, Map<String, String> parameters) {

    static HeaderValue of(String header) {
        int at = endOf(header, 0, ';');
        String value = header.substring(0, at).strip().toLowerCase(Locale.ROOT);
        Map<String, String> parameters = new HashMap<>(4);
        while (at < header.length()) {
            int name = at + 1;
            int end = endOf(header, name, ';');
            int equals = name;
            while (equals < end && header.charAt(equals) != '=') {
                equals++;
            }
            if (equals >= end) {
                // A parameter without a value has no meaning.
                at = end;
                continue;
            }
            int from = equals + 1;
            while (from < header.length() && isBlank(header.charAt(from))) {
                from++;
            }
            StringBuilder text = new StringBuilder();
            if (from < header.length() && header.charAt(from) == '"') {
                at = endOf(header, quoted(header, from + 1, text), ';');
            } else {
                at = Math.max(end, from);
                text.append(header.substring(from, at).strip());
            }
            parameters.putIfAbsent(header.substring(name, equals).strip().toLowerCase(Locale.ROOT), text.toString());
        }
        return new HeaderValue(value, parameters);
    }

    /**
     * Appends to {@code text} the quoted string that begins after its opening quote, at {@code from}. Returns the index
     * of the closing quote, or the header's length if the quote is missing.
     */
    private static int quoted(String header, int from, StringBuilder text) {
        int at = from;
        for (; at < header.length() && header.charAt(at) != '"'; at++) {
            if (header.charAt(at) == '\\' && at + 1 < header.length()) {
                at++;
            }
            text.append(header.charAt(at));
        }
        return at;
    }

    private static int endOf(String header, int from, char c) {
        int at = header.indexOf(c, from);
        return at < 0 ? header.length() : at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    @Nullable
    String parameter(String name) {
        return parameters.get(name);
    }
}
