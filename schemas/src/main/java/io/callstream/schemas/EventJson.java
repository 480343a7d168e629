package io.callstream.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * Converts between an {@link Event} and the JSON in a record's value. {@link #read} returns an event equal to the one
 * that {@link #bytes} wrote, including the unknown fields and the text of every number. Thread-safe.
 */
public final class EventJson {

    /** The attribute with the text that is being parsed; {@link RawJsonReader} cuts its values out of it. */
    private static final Object TEXT = new Object();

    // Names and numbers have no limit of length, because the vendor's object can be as large as a callback. Values are
    // not coerced: the contract promises a number, and a text that contains a number breaks it.
    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    // Few threads write events. With buffers for each thread they share no queue.
                    .recyclerPool(JsonRecyclerPools.threadLocalPool())
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    textual -> textual.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .addModule(new SimpleModule()
                    .addDeserializer(RawJson.class, new RawJsonReader())
                    .addDeserializer(Instant.class, new InstantReader())
                    .addSerializer(Instant.class, new InstantWriter()))
            .build();

    private static final Pattern TYPE = Pattern.compile("[\\w.-]{1,100}");

    private static final ObjectWriter WRITER = MAPPER.writer();

    private EventJson() {}

    /**
     * Writes an event as JSON in UTF-8. It is one line if no {@link RawJson} in the event contains a line break.
     *
     * @param event the event
     * @return the value for a record of {@link Topics#EVENTS} or {@link Topics#TASKS}
     */
    public static byte[] bytes(Event event) {
        return WRITER.writeValueAsBytes(event);
    }

    /**
     * Reads a record's value. Throws no exception for anything that the value contains.
     *
     * @param type the record's header {@code ce_type}; {@code null} if the record does not have it, then the field
     *     {@code kind} in the value decides
     * @param value the record's value, not {@code null}; do not change the array afterwards, because an
     *     {@link Unreadable} keeps it without a copy
     * @return the event, or an {@link Unreadable} with the reason; never {@code null}
     */
    public static Reading read(@Nullable String type, byte[] value) {
        try {
            String text = text(value);
            EventKind kind = type != null ? EventKind.ofType(type) : kind(MAPPER.readTree(text));
            if (kind == null) {
                return new Unreadable(
                        Unreadable.Reason.UNKNOWN_TYPE,
                        type != null
                                ? "Its type is %s, which these types do not know.".formatted(quoted(type))
                                : "It has no type that these types know, neither in a header nor in itself.",
                        value);
            }
            Event event = value(shape(kind), text);
            if (event == null || event.kind() != kind) {
                return malformed("It is not of the kind that its type says: %s.".formatted(kind.type()), value);
            }
            return event.vendor().text().startsWith("{") ? event : malformed(wrong("vendor"), value);
        } catch (CharacterCodingException e) {
            return malformed("It is no UTF-8.", value);
        } catch (JacksonException e) {
            return malformed(explanation(e), value);
        }
    }

    private static String text(byte[] value) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(value))
                .toString();
    }

    static <T> T value(Class<T> type, byte[] value) throws CharacterCodingException {
        return value(type, text(value));
    }

    static <T> T value(Class<T> type, String text) {
        return MAPPER.readerFor(type).withAttribute(TEXT, text).readValue(text);
    }

    private static @Nullable EventKind kind(JsonNode value) {
        String label = value.path("kind").stringValue("");
        for (EventKind kind : EventKind.values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        return null;
    }

    /** Quotes only a plain name: a record of another program can have any type, even one with line breaks. */
    private static String quoted(String type) {
        return TYPE.matcher(type).matches() ? '"' + type + '"' : "no name";
    }

    private static Class<? extends Event> shape(EventKind kind) {
        return switch (kind) {
            case RING, ANSWER, HANGUP, UNCLASSIFIED -> StatusEvent.class;
            case BILL -> BillEvent.class;
            case TASK -> TaskEvent.class;
        };
    }

    static Unreadable malformed(String explanation, byte[] value) {
        return new Unreadable(Unreadable.Reason.MALFORMED, explanation, value);
    }

    /** Names the field that cannot be read. Jackson's own message would quote its value. */
    static String explanation(JacksonException failure) {
        String path = failure.getPath().stream()
                .map(JacksonException.Reference::getPropertyName)
                .map(String::valueOf)
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "It is no JSON object of the shape that its type promises." : wrong(path);
    }

    private static String wrong(String field) {
        return "Its field %s is missing or not of the type that the contract says.".formatted(field);
    }

    /** Reads a JSON value as its exact text. */
    private static final class RawJsonReader extends ValueDeserializer<RawJson> {

        @Override
        public RawJson deserialize(JsonParser parser, DeserializationContext context) {
            int start = (int) parser.currentTokenLocation().getCharOffset();
            parser.skipChildren();
            parser.finishToken();
            int end = (int) parser.currentLocation().getCharOffset();
            return new RawJson(String.valueOf(context.getAttribute(TEXT)).substring(start, end));
        }

        @Override
        public RawJson getNullValue(DeserializationContext context) {
            return new RawJson("null");
        }
    }

    private static final class InstantWriter extends ValueSerializer<Instant> {

        @Override
        public void serialize(Instant instant, JsonGenerator generator, SerializationContext context) {
            generator.writeString(Instants.text(instant));
        }
    }

    /** Accepts an instant only as text: a number is rejected. */
    private static final class InstantReader extends ValueDeserializer<Instant> {

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) {
            try {
                if (parser.hasToken(JsonToken.VALUE_STRING)) {
                    return Instants.parse(parser.getString());
                }
            } catch (DateTimeException e) {
                // Reported below, without the value.
            }
            return context.reportInputMismatch(Instant.class, "not an instant");
        }
    }
}
