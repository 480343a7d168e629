package io.callstream.gateway.codec;

import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.codec.Outcome.Rejection.Reason;
import io.callstream.schemas.RawJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * A callback's JSON object, parsed in one pass: the known fields, the text without blanks, and the canonical form.
 *
 * <p>In the canonical form, the names of each object are in ascending order of their UTF-16 code units, and there are
 * no blanks. Each number, {@code true} and {@code false} becomes a string with the same text, because a flat form of
 * the same callback has only strings. Strings are escaped as in RFC 8785.
 */
final class VendorObject {

    /** The value of a known field. */
    sealed interface Value {}

    /** The text of a string, a number or a boolean. */
    record Scalar(String text) implements Value {}

    /** The canonical form of an object or an array. No known field should contain one. */
    record Container(String canonical) implements Value {}

    /** The vendor does not nest objects [doc]. Each level is copied into the canonical form of the level above. */
    private static final int DEEPEST = 32;

    /** In characters. Common JSON readers reject a longer number, and the whole event with it. */
    private static final int LONGEST_NUMBER = 1000;

    private static final JsonFactory JSON = StrictJson.factory(DEEPEST);
    private static final MessageDigest SHA_256 = sha256();
    private static final int ID_BYTES = 16;
    private static final int USUAL_FIELDS = 24;

    /** The JSON escapes of the characters below the blank, by code. */
    private static final List<String> CONTROL_ESCAPES =
            IntStream.range(0, ' ').mapToObj(VendorObject::controlEscape).toList();

    /** Some versions write a numeric id as {@code 12.0} [seen]. */
    private static final Pattern ZERO_FRACTION = Pattern.compile("\\.0+$");

    /** The parser's description of its input, which means nothing to a sender. */
    private static final Pattern PARSERS_SOURCE = Pattern.compile(" \\(start marker at \\[Source:.*?]\\)");

    private final Map<VendorField, Value> fields;
    private final String text;
    private final String canonical;

    private VendorObject(Map<VendorField, Value> fields, String text, String canonical) {
        this.fields = fields;
        this.text = text;
        this.canonical = canonical;
    }

    /** Returns the field's value; {@code null} if it is missing or JSON's {@code null}. */
    @Nullable
    Value get(VendorField field) {
        return fields.get(field);
    }

    boolean hasAny(Set<VendorField> some) {
        return !Collections.disjoint(fields.keySet(), some);
    }

    /** Returns the text of the object without the blanks between its tokens. */
    RawJson json() {
        return new RawJson(withoutBlanks(text));
    }

    /** Returns 128 bits of the SHA-256 of the canonical form, in hexadecimal. */
    String id() {
        try {
            byte[] hash = ((MessageDigest) SHA_256.clone()).digest(canonical.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, ID_BYTES);
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /** Parses the text of one object, or of a JSON string that contains one: some senders encode the callback twice. */
    static Reading read(String text) {
        return new Reader().read(text, true);
    }

    /** The result of parsing. */
    sealed interface Reading {

        record Whole(VendorObject object) implements Reading {}

        record Failed(Rejection rejection) implements Reading {}
    }

    private static final class Reader {

        private final Map<VendorField, Value> fields = new EnumMap<>(VendorField.class);

        /** The reason why well-formed JSON is rejected; {@code null} if there is none. */
        private @Nullable Reading failure;

        Reading read(String text, boolean mayBeEncodedTwice) {
            String json = SenderText.begin(text);
            if (json.isEmpty()) {
                return failed(Reason.EMPTY, "There is nothing in it: send one JSON object.");
            }
            if (!SenderText.isUnicode(json)) {
                return failed(Reason.NOT_TEXT, "It holds half of a character, so it is no text: send Unicode.");
            }
            try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
                JsonToken token = parser.nextToken();
                if (token == JsonToken.VALUE_STRING && mayBeEncodedTwice) {
                    String inner = parser.getString();
                    return parser.nextToken() == null ? read(inner, false) : trailing(parser);
                }
                if (token != JsonToken.START_OBJECT) {
                    parser.skipChildren();
                    return parser.nextToken() == null
                            ? failed(Reason.NOT_AN_OBJECT, "It is JSON but not an object: send one JSON object.")
                            : trailing(parser);
                }
                StringBuilder canonical = new StringBuilder(json.length());
                if (!object(parser, canonical, true) && failure != null) {
                    return failure;
                }
                return parser.nextToken() == null
                        ? new Reading.Whole(new VendorObject(fields, json, canonical.toString()))
                        : trailing(parser);
            } catch (StreamConstraintsException limit) {
                return tooLarge();
            } catch (JacksonException broken) {
                return failed(
                        Reason.NOT_JSON,
                        "%s: %s. Broken JSON is not repaired: send one whole JSON object."
                                .formatted(
                                        at(broken.getLocation()),
                                        PARSERS_SOURCE
                                                .matcher(broken.getOriginalMessage())
                                                .replaceAll("")));
            }
        }

        private Reading trailing(JsonParser parser) {
            return failed(
                    Reason.NOT_JSON,
                    "%s: something follows the end of the JSON value. Send one JSON object for each callback."
                            .formatted(at(parser.currentTokenLocation())));
        }

        private Reading tooLarge() {
            return failed(
                    Reason.TOO_LARGE,
                    "It is beyond a limit: a field's name may have %,d characters, a number %,d digits (send it as a string), and objects may be nested %d deep."
                            .formatted(StrictJson.LONGEST_NAME, LONGEST_NUMBER, DEEPEST));
        }

        private Reading twice(String name) {
            String shown = SenderText.isUnicode(name) ? '"' + SenderText.excerpt(name) + '"' : "of an unreadable name";
            return failed(Reason.DUPLICATE_FIELD, "The field %s occurs twice. Send it once.".formatted(shown));
        }

        private Reading failed(Reason reason, String explanation) {
            String callId = fields.get(VendorField.UUID) instanceof Scalar uuid ? VendorId.readable(uuid.text()) : null;
            return new Reading.Failed(new Rejection(reason, explanation, callId));
        }

        private static String at(@Nullable TokenStreamLocation location) {
            return location == null
                    ? "Not JSON"
                    : "Not JSON at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
        }

        /**
         * Reads an object after its opening brace and appends its canonical form. Returns {@code false} if the object
         * is rejected; then {@link #failure} is set.
         */
        private boolean object(JsonParser parser, StringBuilder canonical, boolean callback) {
            record Member(String name, int from, int to) {}
            List<Member> members = new ArrayList<>(callback ? USUAL_FIELDS : 0);
            // The values of the members, unsorted. The loop below copies them in the order of the names.
            StringBuilder values = callback ? new StringBuilder(canonical.capacity()) : new StringBuilder();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                int from = values.length();
                if (!value(parser, token, values) || (callback && !keep(name, parser, token, values, from))) {
                    return false;
                }
                members.add(new Member(name, from, values.length()));
            }
            members.sort(Comparator.comparing(Member::name));
            canonical.append('{');
            for (int i = 0; i < members.size(); i++) {
                Member member = members.get(i);
                if (i > 0) {
                    if (members.get(i - 1).name().equals(member.name())) {
                        if (callback && VendorField.named(member.name()) == VendorField.UUID) {
                            fields.remove(VendorField.UUID);
                        }
                        failure = twice(member.name());
                        return false;
                    }
                    canonical.append(',');
                }
                string(member.name(), canonical);
                canonical.append(':').append(values, member.from(), member.to());
            }
            canonical.append('}');
            return true;
        }

        private boolean keep(String name, JsonParser parser, JsonToken token, StringBuilder canonical, int from) {
            VendorField field = VendorField.named(name);
            if (field == null || token == JsonToken.VALUE_NULL) {
                return true;
            }
            Value value;
            if (token.isNumeric()) {
                String text = parser.getString();
                value = new Scalar(
                        text.indexOf('.') < 0
                                ? text
                                : ZERO_FRACTION.matcher(text).replaceFirst(""));
            } else if (token.isScalarValue()) {
                value = new Scalar(parser.getString());
            } else {
                value = new Container(canonical.substring(from));
            }
            Value former = fields.putIfAbsent(field, value);
            if (former != null && !former.equals(value)) {
                if (field == VendorField.UUID) {
                    fields.remove(field);
                }
                failure = twice(name);
                return false;
            }
            return true;
        }

        private boolean value(JsonParser parser, JsonToken token, StringBuilder canonical) {
            switch (token) {
                case START_OBJECT -> {
                    return object(parser, canonical, false);
                }
                case START_ARRAY -> {
                    canonical.append('[');
                    String separator = "";
                    for (JsonToken item; (item = parser.nextToken()) != JsonToken.END_ARRAY; separator = ",") {
                        canonical.append(separator);
                        if (!value(parser, item, canonical)) {
                            return false;
                        }
                    }
                    canonical.append(']');
                }
                case VALUE_NULL -> canonical.append("null");
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                    String number = parser.getString();
                    if (number.length() > LONGEST_NUMBER) {
                        failure = tooLarge();
                        return false;
                    }
                    canonical.append('"').append(number).append('"');
                }
                default -> string(parser.getString(), canonical);
            }
            return true;
        }
    }

    private static void string(String text, StringBuilder canonical) {
        canonical.append('"');
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            String escape = escape(text, i);
            if (escape != null) {
                canonical.append(text, plain, i).append(escape);
                plain = i + 1;
            }
        }
        // Most texts have nothing to escape. Appending a String copies an array; appending a part of one copies single
        // characters.
        canonical.append(plain == 0 ? text : text.substring(plain)).append('"');
    }

    /** Returns the JSON escape of the character; {@code null} if it needs none. */
    private static @Nullable String escape(String text, int at) {
        char c = text.charAt(at);
        if (c < ' ') {
            return CONTROL_ESCAPES.get(c);
        }
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            // A lone surrogate has no UTF-8. Without the escape, all of them would get the same hash.
            default -> SenderText.isHalf(text, at) ? hexEscape(c) : null;
        };
    }

    private static String hexEscape(char c) {
        return "\\u" + HexFormat.of().toHexDigits(c);
    }

    private static String controlEscape(int c) {
        return switch (c) {
            case '\b' -> "\\b";
            case '\t' -> "\\t";
            case '\n' -> "\\n";
            case '\f' -> "\\f";
            case '\r' -> "\\r";
            default -> hexEscape((char) c);
        };
    }

    /** Removes the blanks between tokens. Returns the same string if there are none, as in most callbacks. */
    private static String withoutBlanks(String json) {
        int blank = nextBlank(json, 0);
        if (blank == json.length()) {
            return json;
        }
        StringBuilder compact = new StringBuilder(json.length());
        int from = 0;
        while (blank < json.length()) {
            compact.append(json, from, blank);
            from = blank + 1;
            blank = nextBlank(json, from);
        }
        return compact.append(json, from, blank).toString();
    }

    /** Returns the index of the next blank between tokens, or the length of the text. The JSON must be well-formed. */
    private static int nextBlank(String json, int from) {
        boolean inString = false;
        for (int i = from; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '"') {
                inString = !inString;
            } else if (c == '\\') {
                i++;
            } else if (c <= ' ' && !inString) {
                return i;
            }
        }
        return json.length();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }
}
