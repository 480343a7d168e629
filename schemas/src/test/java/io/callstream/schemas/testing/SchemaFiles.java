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

/** Reads the JSON Schemas of the contract, as files or as a list of their fields with all references resolved. */
public final class SchemaFiles {

    /** Keywords that do not affect whether a value is valid. */
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

    /** Keywords that {@link #fields} follows, and does not put into a field's keywords. */
    private static final Set<String> STRUCTURE = Set.of("allOf", "$ref", "properties", "items", "required");

    /** Files that are used only as parts of other schemas. */
    public static final Set<String> PARTS = Set.of("event.v1.json", "call.v1.json", "status.v1.json");

    private final Function<String, ObjectNode> files;

    private SchemaFiles(Function<String, ObjectNode> files) {
        this.files = files;
    }

    /** Reads from a folder on the class path. {@code /contract/schemas/} contains the schemas of the jar. */
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

    /** The same files, with one of them replaced. */
    public SchemaFiles with(String changed, ObjectNode schema) {
        return new SchemaFiles(name -> name.equals(changed) ? schema : read(name));
    }

    public ObjectNode read(String name) {
        return files.apply(name);
    }

    /**
     * The constraints of one field.
     *
     * @param keywords the keywords that restrict the field's values
     * @param required whether every object of its kind has the field
     */
    public record Field(ObjectNode keywords, boolean required) {}

    /**
     * Every field that the schema describes, by its path from the root, for example {@code hangup.causeCode} or
     * {@code warnings[]}. The path of the root is {@code ""}.
     */
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

    /** Keeps every value of a keyword, because several schemas can restrict the same field and all of them apply. */
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
