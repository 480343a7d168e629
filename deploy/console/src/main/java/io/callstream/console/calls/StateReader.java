package io.callstream.console.calls;

import io.callstream.schemas.CallState;
import io.callstream.schemas.Instants;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a {@link CallRow} from the JSON of a state, the value of a record of {@code calls.state}. It skips what a row
 * does not have: the feed reads the states of all calls, and a whole {@link CallState} costs several times as much.
 */
final class StateReader {

    // As in the contract's own reader: a sender's names and numbers can be as long as a callback.
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final Map<String, CallState.State> STATES =
            Stream.of(CallState.State.values()).collect(Collectors.toMap(CallState.State::label, state -> state));

    /** Characters. A longer text is no name or number, and 100,000 of them would take too much memory. */
    private static final int LONGEST = 64;

    private @Nullable String id;
    private long sequence;
    private CallState.@Nullable State state;
    private @Nullable String company;
    private @Nullable String agent;
    private @Nullable String extension;
    private @Nullable String customer;
    private @Nullable Boolean answered;
    private @Nullable Long waitSeconds;
    private @Nullable Long talkSeconds;
    private @Nullable String cause;
    private @Nullable String causeCode;
    private boolean isIncomplete;
    private @Nullable Instant startedAt;
    private @Nullable Instant firstReceivedAt;
    private @Nullable Instant updatedAt;

    private StateReader() {}

    /**
     * Reads a state.
     *
     * @param offset the record's offset
     * @throws SerializationException if it is of another shape, for example of a newer release
     */
    static CallRow read(byte[] value, int partition, long offset) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), value)) {
            parser.nextToken();
            StateReader reader = new StateReader();
            object(parser, reader::call);
            return reader.row(partition, offset);
        } catch (JacksonException | DateTimeException e) {
            throw fault();
        }
    }

    private interface Member {

        /** Reads a member's value, to its last token. */
        void read(String name, JsonParser parser);
    }

    private static void object(JsonParser parser, Member member) {
        if (!parser.hasToken(JsonToken.START_OBJECT)) {
            throw fault();
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                member.read(name, parser);
            }
        }
    }

    private void call(String name, JsonParser parser) {
        switch (name) {
            case "callId" -> id = string(parser);
            case "sequence" -> sequence = parser.getLongValue();
            case "state" -> state = STATES.get(string(parser));
            case "companyCode" -> company = text(parser);
            case "agentId" -> agent = text(parser);
            case "extension" -> extension = text(parser);
            case "customer" -> customer = text(parser);
            case "answered" -> answered = parser.getBooleanValue();
            case "waitSeconds" -> waitSeconds = parser.getLongValue();
            case "talkSeconds" -> talkSeconds = parser.getLongValue();
            case "startedAt" -> startedAt = Instants.parse(string(parser));
            case "updatedAt" -> updatedAt = Instants.parse(string(parser));
            case "hangup" -> object(parser, this::hangup);
            case "missing" -> {
                isIncomplete = true;
                parser.skipChildren();
            }
            case "legs" -> {
                if (!parser.hasToken(JsonToken.START_ARRAY)) {
                    throw fault();
                }
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    object(parser, this::leg);
                }
            }
            default -> parser.skipChildren();
        }
    }

    private void hangup(String name, JsonParser parser) {
        switch (name) {
            case "cause" -> cause = text(parser);
            case "causeCode" -> causeCode = Long.toString(parser.getLongValue());
            default -> parser.skipChildren();
        }
    }

    private void leg(String name, JsonParser parser) {
        switch (name) {
            case "ringReceivedAt", "answerReceivedAt", "hangupReceivedAt" -> {
                Instant at = Instants.parse(string(parser));
                firstReceivedAt = firstReceivedAt == null || at.isBefore(firstReceivedAt) ? at : firstReceivedAt;
            }
            default -> parser.skipChildren();
        }
    }

    private static String string(JsonParser parser) {
        if (!parser.hasToken(JsonToken.VALUE_STRING)) {
            throw fault();
        }
        return parser.getString();
    }

    private static String text(JsonParser parser) {
        String text = string(parser);
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    private static SerializationException fault() {
        return new SerializationException("This is no state of a call, or one of a newer release.");
    }

    private CallRow row(int partition, long offset) {
        if (id == null || state == null || updatedAt == null) {
            throw fault();
        }
        return new CallRow(
                id,
                sequence,
                state,
                company,
                agent,
                extension,
                customer,
                answered,
                waitSeconds,
                talkSeconds,
                cause == null ? causeCode : cause,
                isIncomplete,
                startedAt,
                firstReceivedAt == null || updatedAt.isBefore(firstReceivedAt) ? updatedAt : firstReceivedAt,
                updatedAt,
                partition,
                offset);
    }
}
