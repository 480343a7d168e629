package io.callstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.callstream.schemas.testing.Contract;
import io.callstream.schemas.testing.SchemaFiles;
import io.callstream.schemas.testing.SchemaFiles.Field;
import java.io.File;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The Java types, the JSON Schemas and AsyncAPI describe the same contract. */
class ContractTest {

    private static final SchemaFiles SCHEMAS = SchemaFiles.in("/contract/schemas/");

    @ParameterizedTest
    @EnumSource
    void everyFieldOfTheTypesIsInTheSchemaAndTheReverse(EventKind kind) {
        Map<String, String> typed = new TreeMap<>();
        types(type(kind), "", typed);
        typed.put("kind", "string " + "\"" + kind.label() + "\" always");
        assertSame(kind.label(), typed);
    }

    static Map<String, Class<?>> timelineTypes() {
        return Map.of("timeline", Timeline.class, "orphan", OrphanEvent.class, "state", CallState.class);
    }

    static Set<String> timelineSchemas() {
        return timelineTypes().keySet();
    }

    @ParameterizedTest
    @MethodSource("timelineSchemas")
    void everyFieldOfTheTimelinesTypesIsInTheSchemaAndTheReverse(String schema) {
        Map<String, String> typed = new TreeMap<>();
        types(timelineTypes().get(schema), "", typed);
        assertSame(schema, typed);
    }

    @ParameterizedTest
    @MethodSource("timelineSchemas")
    void theTimelinesExamplesAreReadAndWrittenAsTheyStand(String schema) {
        JsonNode example = SCHEMAS.read(schema + ".v1.json").get("examples").get(0);
        Object read = EventJson.value(timelineTypes().get(schema), example.toString());
        assertThat(JsonMapper.shared().readTree(EventJson.MAPPER.writeValueAsBytes(read)))
                .isEqualTo(example);
    }

    private static void assertSame(String schema, Map<String, String> typed) {
        Map<String, String> described = new TreeMap<>();
        SCHEMAS.fields(schema + ".v1.json").forEach((path, field) -> {
            if (!path.isEmpty()) {
                described.put(path, said(field));
            }
        });
        List<String> differences = new ArrayList<>();
        Set<String> paths = new TreeSet<>(typed.keySet());
        paths.addAll(described.keySet());
        for (String path : paths) {
            if (!Objects.equals(typed.get(path), described.get(path))) {
                differences.add("%s: %s in Java, %s in %s.v1.json"
                        .formatted(
                                path,
                                typed.getOrDefault(path, "nothing"),
                                described.getOrDefault(path, "nothing"),
                                schema));
            }
        }
        assertThat(differences).isEmpty();
    }

    private static Class<?> type(EventKind kind) {
        return switch (kind) {
            case BILL -> BillEvent.class;
            case TASK -> TaskEvent.class;
            default -> StatusEvent.class;
        };
    }

    private static String said(Field field) {
        JsonNode keywords = field.keywords();
        StringBuilder said = new StringBuilder(keywords.path("type").asString());
        if (keywords.has("format")) {
            said.append(' ').append(keywords.get("format").asString());
        }
        if (keywords.has("const")) {
            said.append(' ').append(keywords.get("const"));
        }
        if (keywords.has("enum")) {
            said.append(' ').append(keywords.get("enum"));
        }
        return said.append(field.required() ? " always" : "").toString();
    }

    private static void types(Class<?> record, String prefix, Map<String, String> types) {
        for (RecordComponent component : record.getRecordComponents()) {
            if (component.getName().equals("unknown")) {
                continue;
            }
            String path = prefix + component.getName();
            boolean required = Arrays.stream(record.getDeclaredFields())
                    .filter(field -> field.getName().equals(component.getName()))
                    .anyMatch(field -> field.isAnnotationPresent(Required.class));
            types.put(path, json(component.getType()) + (required ? " always" : ""));
            if (component.getGenericType() instanceof ParameterizedType list) {
                Class<?> item = (Class<?>) list.getActualTypeArguments()[0];
                types.put(path + "[]", json(item));
                if (item.isRecord()) {
                    types(item, path + "[].", types);
                }
            } else if (component.getType().isRecord() && component.getType() != RawJson.class) {
                types(component.getType(), path + '.', types);
            }
        }
    }

    private static String json(Class<?> type) {
        if (type == String.class) {
            return "string";
        }
        if (type == Instant.class) {
            return "string date-time";
        }
        if (type == Long.class || type == long.class) {
            return "integer";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "boolean";
        }
        if (type == List.class) {
            return "array";
        }
        if (type.isEnum()) {
            ArrayNode values = JsonMapper.shared().createArrayNode();
            for (Object constant : type.getEnumConstants()) {
                values.add(JsonMapper.shared().valueToTree(constant));
            }
            return "string " + values;
        }
        assertThat(type.isRecord()).as("%s has a JSON type", type).isTrue();
        return "object";
    }

    static List<String> files() {
        String[] names = new File("src/main/resources/contract/schemas").list();
        return Stream.of(names).sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFieldIsDescribedWithAnExample(String file) {
        JsonNode schema = SCHEMAS.read(file);
        assertThat(schema.get("$schema").asString()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.get("$id").asString()).isEqualTo(file);
        assertThat(schema.get("description").asString()).endsWith(".");
        assertDescribed(file, schema);
    }

    private static void assertDescribed(String path, JsonNode schema) {
        assertThat(schema.path("additionalProperties").asBoolean(!schema.has("properties")))
                .as("%s is open to fields that come later", path)
                .isTrue();
        schema.path("properties").properties().forEach(property -> {
            String field = path + " " + property.getKey();
            assertThat(property.getValue().path("description").asString(""))
                    .as(field)
                    .hasSizeGreaterThan(8);
            assertThat(property.getValue().path("examples").size()).as(field).isPositive();
            assertDescribed(field, property.getValue());
        });
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyExampleIsValid(String file) {
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(iri ->
                        SCHEMAS.read(iri.substring(iri.lastIndexOf('/') + 1)).toString()));
        assertExamples(registry, file + "#", SCHEMAS.read(file));
    }

    private static void assertExamples(SchemaRegistry registry, String pointer, JsonNode node) {
        Schema schema = registry.getSchema(SchemaLocation.of("https://contract/" + pointer));
        for (JsonNode example : node.path("examples")) {
            assertThat(schema.validate(
                            example,
                            execution -> execution.executionConfig(config -> config.formatAssertionsEnabled(true))))
                    .as("%s %s", pointer, example)
                    .isEmpty();
        }
        node.path("properties")
                .properties()
                .forEach(property ->
                        assertExamples(registry, pointer + "/properties/" + property.getKey(), property.getValue()));
    }

    @Test
    void theExampleOfEachKindIsReadAndWrittenAsItStands() {
        for (EventKind kind : EventKind.values()) {
            JsonNode example =
                    SCHEMAS.read(kind.label() + ".v1.json").get("examples").get(0);
            Event event =
                    (Event) EventJson.read(kind.type(), JsonMapper.shared().writeValueAsBytes(example));
            assertThat(event.unknown()).isEmpty();
            assertThat(JsonMapper.shared().readTree(EventJson.bytes(event))).isEqualTo(example);
            assertThat(Contract.faults(kind, EventJson.bytes(event))).isEmpty();
        }
    }

    @Test
    void everyHeaderHasANameInJavaAndTheReverse() throws IllegalAccessException {
        Set<String> described = new TreeSet<>();
        described.addAll(SCHEMAS.fields("event-headers.v1.json").keySet());
        described.addAll(SCHEMAS.fields("quarantine-headers.v1.json").keySet());
        described.addAll(SCHEMAS.fields("state-headers.v1.json").keySet());
        described.remove("");
        assertThat(described).isEqualTo(constants(Headers.class));
    }

    @Test
    void asyncApiHasEveryTopicAndEveryKind() throws Exception {
        try (InputStream file = ContractTest.class.getResourceAsStream("/contract/asyncapi.yaml")) {
            JsonNode api = YAMLMapper.shared().readTree(file);
            Set<String> addresses = new TreeSet<>();
            api.get("channels")
                    .forEach(channel -> addresses.add(channel.get("address").asString()));
            assertThat(addresses).isEqualTo(constants(Topics.class));

            for (EventKind kind : EventKind.values()) {
                JsonNode message = api.get("components").get("messages").get(kind.label());
                assertThat(message.get("name").asString()).isEqualTo(kind.type());
                assertThat(message.at("/headers/properties/ce_type/const").asString())
                        .isEqualTo(kind.type());
                assertThat(message.at("/payload/$ref").asString()).isEqualTo("schemas/" + kind.label() + ".v1.json");
                String channel = kind == EventKind.TASK ? "taskEvents" : "callEvents";
                assertThat(api.at("/channels/" + channel + "/messages/" + kind.label() + "/$ref")
                                .asString())
                        .isEqualTo("#/components/messages/" + kind.label());
            }
        }
    }

    private static Set<String> constants(Class<?> holder) throws IllegalAccessException {
        Set<String> values = new TreeSet<>();
        for (java.lang.reflect.Field field : holder.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers())) {
                values.add((String) field.get(null));
            }
        }
        return values;
    }

    @Test
    void theJudgeTakesNoFieldThatNoSchemaDescribes() {
        byte[] bill = JsonMapper.shared()
                .writeValueAsBytes(SCHEMAS.read("bill.v1.json").get("examples").get(0));
        String text = new String(bill, StandardCharsets.UTF_8);
        assertThat(faults(text)).isEmpty();
        assertThat(faults(text.replace("\"userKey\"", "\"pressed\"")))
                .singleElement()
                .asString()
                .contains("pressed");
        assertThat(faults(text.replace("\"causeCode\"", "\"code\"")))
                .singleElement()
                .asString()
                .contains("code");
        assertThat(faults(text.replace("\"talkSeconds\":19", "\"talkSeconds\":\"19\"")))
                .singleElement()
                .asString()
                .contains("talkSeconds");
        assertThat(faults(text.replace("2021-02-09T02:00:29Z", "yesterday")))
                .singleElement()
                .asString()
                .contains("endedAt");
    }

    private static List<String> faults(String bill) {
        return Contract.faults(EventKind.BILL, bill.getBytes(StandardCharsets.UTF_8));
    }
}
