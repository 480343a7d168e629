package io.callstream.dialler;

import java.util.ArrayList;
import java.util.List;

/**
 * A callback's fields, in order. Names and values consist of letters, digits, {@code -_.:/} and blanks only, so JSON
 * needs no escaping.
 */
final class Fields {

    /** @param quoted whether the value is a JSON string; otherwise it is a number */
    record Field(String name, String value, boolean quoted) {}

    private final List<Field> fields = new ArrayList<>(24);

    Fields text(String name, String value) {
        fields.add(new Field(name, value, true));
        return this;
    }

    Fields number(String name, long value) {
        fields.add(new Field(name, Long.toString(value), false));
        return this;
    }

    Fields numberOrText(boolean number, String name, long value) {
        return number ? number(name, value) : text(name, Long.toString(value));
    }

    List<Field> list() {
        return fields;
    }

    /** Returns one JSON object, without blanks between its tokens. */
    String json() {
        return json(false);
    }

    /** Returns one JSON object with every value as a string, as the gateway makes it of a flat form. */
    String jsonOfTexts() {
        return json(true);
    }

    private String json(boolean allQuoted) {
        StringBuilder json = new StringBuilder(512);
        char separator = '{';
        for (Field field : fields) {
            json.append(separator).append('"').append(field.name()).append("\":");
            if (field.quoted() || allQuoted) {
                json.append('"').append(field.value()).append('"');
            } else {
                json.append(field.value());
            }
            separator = ',';
        }
        return json.append('}').toString();
    }
}
