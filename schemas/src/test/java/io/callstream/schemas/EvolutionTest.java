package io.callstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.callstream.schemas.testing.SchemaFiles;
import io.callstream.schemas.testing.SchemaFiles.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Within v1 a schema may only get optional fields and better descriptions. Old readers must read new records, and new
 * readers must read the old records that are still in the topics. The released schemas are in
 * {@code src/test/resources/released/v1}; a release adds its new fields there.
 */
class EvolutionTest {

    private static final SchemaFiles RELEASED = SchemaFiles.in("/released/v1/");
    private static final SchemaFiles TODAY = SchemaFiles.in("/contract/schemas/");
    private static final Path FOLDER = Path.of("src/test/resources/released/v1");

    /** Without the parts, which are compared as part of the schemas that refer to them. */
    private static List<String> released() {
        return Stream.of(FOLDER.toFile().list())
                .filter(file -> !SchemaFiles.PARTS.contains(file))
                .sorted()
                .toList();
    }

    @Test
    void everyKindWasReleased() {
        assertThat(released())
                .containsAll(Stream.of(EventKind.values())
                        .map(kind -> kind.label() + ".v1.json")
                        .toList());
    }

    @Test
    void nothingThatWasReleasedIsBroken() {
        assertThat(breaks(TODAY)).as("changes that need a v2").isEmpty();
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                arguments(
                        "bill.v1.json",
                        change("removed", bill -> properties(bill).remove("talkSeconds")),
                        List.of("bill.v1.json: talkSeconds was removed or renamed")),
                arguments(
                        "bill.v1.json",
                        change(
                                "renamed",
                                bill -> properties(bill)
                                        .set("seconds", properties(bill).remove("waitSeconds"))),
                        List.of("bill.v1.json: waitSeconds was removed or renamed")),
                arguments(
                        "bill.v1.json",
                        change(
                                "removed within an object",
                                bill -> properties(field(bill, "hangup")).remove("causeCode")),
                        List.of("bill.v1.json: hangup.causeCode was removed or renamed")),
                arguments(
                        "bill.v1.json",
                        change("retyped", bill -> field(bill, "userKey").put("type", "integer")),
                        List.of("bill.v1.json: userKey: type was \"string\" and is \"integer\"")),
                arguments(
                        "bill.v1.json",
                        change(
                                "of another format",
                                bill -> field(bill, "endedAt").put("format", "date")),
                        List.of("bill.v1.json: endedAt: format was \"date-time\" and is \"date\"")),
                arguments(
                        "event-headers.v1.json",
                        change(
                                "another pattern",
                                headers -> field(headers, "ce_id").put("pattern", ".*")),
                        List.of("event-headers.v1.json: ce_id: pattern was \"^[0-9a-f]{32}$\" and is \".*\"")),
                arguments(
                        "status.v1.json",
                        change(
                                "a narrowed enum",
                                status -> ((ArrayNode) properties(field(status, "leg"))
                                                .get("side")
                                                .get("enum"))
                                        .remove(1)),
                        Stream.of("ring", "answer", "hangup", "unclassified")
                                .map(kind -> kind + ".v1.json: leg.side: enum was [\"A\",\"B\"] and is [\"A\"]")
                                .toList()),
                arguments(
                        "task.v1.json",
                        change("no longer always there", task -> task.remove("required")),
                        List.of("task.v1.json: taskId was always there and no longer is")),
                arguments(
                        "bill.v1.json",
                        change(
                                "suddenly always there",
                                bill -> bill.putArray("required").add("answered")),
                        List.of("bill.v1.json: answered must now always be there, which older records do not hold")),
                arguments(
                        "task.v1.json",
                        change("new and always there", task -> {
                            properties(task).putObject("fromTomorrow").put("type", "integer");
                            ((ArrayNode) task.get("required")).add("fromTomorrow");
                        }),
                        List.of(
                                "task.v1.json: fromTomorrow is new and must always be there, which older records do not hold")),
                arguments(
                        "bill.v1.json",
                        change("closed as a whole", bill -> bill.put("additionalProperties", false)),
                        List.of(
                                "bill.v1.json: the whole: additionalProperties was true and is {\"all of\":[false,true]}")),
                arguments(
                        "bill.v1.json",
                        change(
                                "always there, though described elsewhere",
                                bill -> bill.putArray("required").add("extension")),
                        List.of("bill.v1.json: extension must now always be there, which older records do not hold")),
                arguments(
                        "bill.v1.json",
                        change("closed", bill -> field(bill, "custom").put("additionalProperties", false)),
                        List.of("bill.v1.json: custom: additionalProperties was true and is false")),
                arguments(
                        "call.v1.json",
                        change("new and optional", call -> {
                            properties(call).putObject("fromTomorrow").put("type", "integer");
                            properties(field(call, "method")).putObject("note").put("type", "string");
                        }),
                        List.of()),
                arguments(
                        "call.v1.json",
                        change("described better", call -> field(call, "callId").put("description", "The call.")),
                        List.of()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("changes")
    void aChangeIsNamed(String file, Change change, List<String> expected) {
        ObjectNode changed = RELEASED.read(file);
        change.to().accept(changed);
        assertThat(breaks(RELEASED.with(file, changed))).containsExactlyInAnyOrderElementsOf(expected);
    }

    record Change(String name, Consumer<ObjectNode> to) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Change change(String name, Consumer<ObjectNode> to) {
        return new Change(name, to);
    }

    private static ObjectNode properties(JsonNode schema) {
        return (ObjectNode) schema.get("properties");
    }

    private static ObjectNode field(JsonNode schema, String name) {
        return (ObjectNode) properties(schema).get(name);
    }

    private static List<String> breaks(SchemaFiles today) {
        List<String> breaks = new ArrayList<>();
        for (String file : released()) {
            Map<String, Field> released = RELEASED.fields(file);
            Map<String, Field> now = today.fields(file);
            released.forEach((path, field) -> breaks(name(file, path), field, now.get(path), breaks));
            now.forEach((path, field) -> {
                if (!released.containsKey(path) && field.required()) {
                    breaks.add(name(file, path) + " is new and must always be there, which older records do not hold");
                }
            });
        }
        return breaks;
    }

    private static String name(String file, String path) {
        return file + ": " + (path.isEmpty() ? "the whole" : path);
    }

    private static void breaks(String name, Field released, Field now, List<String> breaks) {
        if (now == null) {
            breaks.add(name + " was removed or renamed");
            return;
        }
        if (released.required() && !now.required()) {
            breaks.add(name + " was always there and no longer is");
        }
        if (!released.required() && now.required()) {
            breaks.add(name + " must now always be there, which older records do not hold");
        }
        Set<String> keywords = new TreeSet<>(released.keywords().propertyNames());
        keywords.addAll(now.keywords().propertyNames());
        for (String keyword : keywords) {
            JsonNode before = released.keywords().get(keyword);
            JsonNode after = now.keywords().get(keyword);
            if (before == null || !before.equals(after)) {
                breaks.add("%s: %s was %s and is %s".formatted(name, keyword, said(before), said(after)));
            }
        }
    }

    private static String said(JsonNode value) {
        return value == null ? "not restricted" : value.toString();
    }
}
