package io.callstream.dialler;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** The body forms in which senders of this family post a callback [doc, seen]. */
public enum BodyForm {
    /** The documented form: form-data with the callback's JSON in the field {@code detail}. */
    MULTIPART {
        @Override
        String contentType() {
            return "multipart/form-data; boundary=" + BOUNDARY;
        }

        @Override
        String body(Fields fields) {
            return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n" + fields.json()
                    + "\r\n--" + BOUNDARY + "--\r\n";
        }
    },
    URLENCODED {
        @Override
        String contentType() {
            return "application/x-www-form-urlencoded";
        }

        @Override
        String body(Fields fields) {
            return "detail=" + URLEncoder.encode(fields.json(), StandardCharsets.UTF_8);
        }
    },
    JSON {
        @Override
        String contentType() {
            return "application/json";
        }

        @Override
        String body(Fields fields) {
            return fields.json();
        }
    },
    /** A form without {@code detail}: each field of the callback is a field of the form. */
    FLAT {
        @Override
        String contentType() {
            return "application/x-www-form-urlencoded";
        }

        @Override
        String body(Fields fields) {
            return fields.list().stream()
                    .map(field -> field.name() + '=' + URLEncoder.encode(field.value(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"));
        }

        @Override
        String arrives(Fields fields) {
            return fields.jsonOfTexts();
        }
    };

    private static final String BOUNDARY = "----callstream-dial-7MA4YWxkTrZu0gW";

    abstract String contentType();

    abstract String body(Fields fields);

    /** The text that the event's {@code vendor} must have. */
    String arrives(Fields fields) {
        return fields.json();
    }
}
