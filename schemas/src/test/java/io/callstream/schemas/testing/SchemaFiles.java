package io.callstream.schemas.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schemas of the contract, as files and as what they say of each field once everything they refer to is there. */
public final class SchemaFiles {

    /** What says nothing of whether a value is valid. */
    private static final Set<String> ANNOTATIONS =
            Set.of("$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated");

    /** What is followed, not compared. */
    private static final Set<String> STRUCTURE = Set.of("allOf", "$ref", "properties", "items", "required");

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
        collect(read(name), "", fields);
        return fields;
    }

    private void collect(JsonNode schema, String path, Map<String, Field> fields) {
        fields.putIfAbsent(path, new Field(JsonNodeFactory.instance.objectNode(), path.isEmpty()));
        ObjectNode keywords = fields.get(path).keywords();
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            if (!ANNOTATIONS.contains(keyword.getKey()) && !STRUCTURE.contains(keyword.getKey())) {
                keywords.set(keyword.getKey(), keyword.getValue());
            }
        }
        if (schema.has("$ref")) {
            collect(read(schema.get("$ref").asString()), path, fields);
        }
        for (JsonNode part : schema.path("allOf")) {
            collect(part, path, fields);
        }
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            collect(property.getValue(), path.isEmpty() ? property.getKey() : path + '.' + property.getKey(), fields);
        }
        if (schema.has("items")) {
            collect(schema.get("items"), path + "[]", fields);
        }
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(field -> required.add(field.asString()));
        for (String field : required) {
            fields.computeIfPresent(
                    path.isEmpty() ? field : path + '.' + field, (p, known) -> new Field(known.keywords(), true));
        }
    }
}
