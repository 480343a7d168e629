package io.callstream.schemas.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schemas of the contract, as files and as what they say of each field once everything they refer to is there. */
public final class SchemaFiles {

    /** What says nothing of whether a value is valid. */
    private static final Set<String> ANNOTATIONS = Set.of(
            "$schema",
            "$id",
            "$comment",
            "title",
            "description",
            "examples",
            "default",
            "deprecated",
            "readOnly",
            "writeOnly");

    /** What is followed, not compared. */
    private static final Set<String> STRUCTURE = Set.of("allOf", "$ref", "properties", "items", "required");

    /** Files that are only ever a part of others. */
    public static final Set<String> PARTS = Set.of("event.v1.json", "call.v1.json", "status.v1.json");

    private final Function<String, ObjectNode> files;

    private SchemaFiles(Function<String, ObjectNode> files) {
        this.files = files;
    }

    /** Those of a folder on the class path: {@code /contract/schemas/} is what stands in the jar. */
    public static SchemaFiles in(String folder) {
        return new SchemaFiles(name -> {
            try (InputStream file = SchemaFiles.class.getResourceAsStream(folder + name)) {
                if (file == null) {
                    throw new IllegalArgumentException("There is no " + folder + name);
                }
                return (ObjectNode) JsonMapper.shared().readTree(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The same, but for one file. */
    public SchemaFiles with(String changed, ObjectNode schema) {
        return new SchemaFiles(name -> name.equals(changed) ? schema : read(name));
    }

    public ObjectNode read(String name) {
        return files.apply(name);
    }

    /**
     * A field, by its path from the root: {@code hangup.causeCode}, {@code warnings[]}; the root itself is {@code ""}.
     *
     * @param keywords all that restricts its values
     * @param required whether it is always there when its object is
     */
    public record Field(ObjectNode keywords, boolean required) {}

    /** Every field that the schema describes. */
    public Map<String, Field> fields(String name) {
        Map<String, Field> fields = new TreeMap<>();
        Set<String> required = new TreeSet<>();
        collect(read(name), "", fields, required);
        for (String path : required) {
            Field described = fields.get(path);
            if (described == null) {
                throw new IllegalArgumentException(
                        name + " says that " + path + " is always there, and nothing of what it is");
            }
            fields.put(path, new Field(described.keywords(), true));
        }
        return fields;
    }

    private void collect(JsonNode schema, String path, Map<String, Field> fields, Set<String> required) {
        ObjectNode keywords = fields.computeIfAbsent(
                        path, p -> new Field(JsonNodeFactory.instance.objectNode(), p.isEmpty()))
                .keywords();
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            if (!ANNOTATIONS.contains(keyword.getKey()) && !STRUCTURE.contains(keyword.getKey())) {
                merge(keywords, keyword.getKey(), keyword.getValue());
            }
        }
        if (schema.has("$ref")) {
            collect(read(schema.get("$ref").asString()), path, fields, required);
        }
        for (JsonNode part : schema.path("allOf")) {
            collect(part, path, fields, required);
        }
        String prefix = path.isEmpty() ? "" : path + '.';
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            collect(property.getValue(), prefix + property.getKey(), fields, required);
        }
        if (schema.has("items")) {
            collect(schema.get("items"), path + "[]", fields, required);
        }
        schema.path("required").forEach(field -> required.add(prefix + field.asString()));
    }

    /** All of what is said of a field holds, not the last of it. */
    private static void merge(ObjectNode keywords, String name, JsonNode value) {
        JsonNode former = keywords.get(name);
        if (former == null) {
            keywords.set(name, value);
        } else if (!former.equals(value) && !former.path("all of").valueStream().anyMatch(value::equals)) {
            ArrayNode all = keywords.putObject(name).putArray("all of");
            (former.has("all of")
                            ? former.get("all of")
                            : JsonNodeFactory.instance.arrayNode().add(former))
                    .forEach(all::add);
            all.add(value);
        }
    }
}
