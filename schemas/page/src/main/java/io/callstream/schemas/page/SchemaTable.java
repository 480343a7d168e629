package io.callstream.schemas.page;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON Schema as a table of its fields. Its own fields come first, then those of the schemas that it includes by
 * {@code allOf}.
 *
 * @param file the schema's own file; empty for a schema that is part of another document
 * @param examples pretty-printed JSON
 */
record SchemaTable(String type, String description, String file, List<Group> groups, List<String> examples) {

    /** Keywords that the page shows elsewhere. Every other keyword becomes a constraint, so that none is lost. */
    private static final Set<String> NO_CONSTRAINTS = Set.of(
            "$schema",
            "$id",
            "title",
            "description",
            "examples",
            "type",
            "format",
            "required",
            "allOf",
            "properties",
            "items");

    /**
     * The fields that one schema defines.
     *
     * @param title empty for the fields of the table's own schema
     */
    record Group(String title, String description, String file, List<Field> fields) {}

    /**
     * One row of the table.
     *
     * @param id the field's anchor on the page
     * @param parent the path of the object that contains the field: {@code hangup.}; empty at the root
     */
    record Field(
            String id,
            String parent,
            String name,
            String type,
            boolean required,
            String description,
            List<Constraint> constraints,
            List<String> examples) {}

    /** @param value empty if the words are complete without it */
    record Constraint(String words, String value) {}

    static SchemaTable of(Place schema, String anchor) {
        List<Place> parts = parts(schema).toList();
        Map<String, List<Place>> properties = properties(parts);
        List<Group> groups = new ArrayList<>();
        for (Place part : parts) {
            List<Field> fields = new ArrayList<>();
            part.get("properties").members().map(Map.Entry::getKey).forEach(name -> {
                List<Place> definitions = properties.remove(name);
                if (definitions != null) {
                    fields.addAll(fields(anchor, "", name, definitions, isRequired(name, parts)));
                }
            });
            if (!fields.isEmpty()) {
                boolean own = part.equals(schema);
                groups.add(new Group(
                        own ? "" : part.text("title"), own ? "" : description(List.of(part)), file(part), fields));
            }
        }
        return new SchemaTable(
                type(keywords(parts)),
                description(List.of(schema)),
                file(schema),
                groups,
                schema.get("examples")
                        .items()
                        .map(example -> JsonMapper.shared()
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsString(example.json()))
                        .toList());
    }

    /** Returns a field and, after it, all fields inside it. */
    static List<Field> fields(String anchor, String parent, String name, List<Place> definitions, boolean required) {
        ObjectNode keywords = keywords(definitions);
        List<Field> fields = new ArrayList<>();
        fields.add(new Field(
                anchor + '.' + parent + name,
                parent,
                name,
                type(keywords),
                required,
                description(definitions),
                constraints(keywords),
                keywords.has("const") ? List.of() : json(keywords.path("examples"))));
        properties(definitions)
                .forEach((child, of) ->
                        fields.addAll(fields(anchor, parent + name + '.', child, of, isRequired(child, definitions))));
        List<Place> items = definitions.stream()
                .filter(definition -> definition.has("items"))
                .flatMap(definition -> parts(definition.get("items")))
                .toList();
        if (!items.isEmpty()) {
            fields.addAll(fields(anchor, parent, name + "[]", items, false));
        }
        return fields;
    }

    /** The schema and every schema that it includes by {@code allOf}; the most specific first. */
    private static Stream<Place> parts(Place schema) {
        return Stream.concat(Stream.of(schema), schema.get("allOf").items().flatMap(SchemaTable::parts));
    }

    /** Every property of the parts, with all its definitions; the most specific first. */
    private static Map<String, List<Place>> properties(List<Place> parts) {
        return parts.stream()
                .flatMap(part -> part.get("properties").members())
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey,
                        LinkedHashMap::new,
                        Collectors.flatMapping(property -> parts(property.getValue()), Collectors.toList())));
    }

    private static boolean isRequired(String name, List<Place> parts) {
        return parts.stream()
                .flatMap(part -> part.get("required").items())
                .anyMatch(required -> required.json().asString().equals(name));
    }

    /** The keywords of all parts. If a keyword occurs in several parts, the most specific value is used. */
    private static ObjectNode keywords(List<Place> parts) {
        ObjectNode keywords = JsonNodeFactory.instance.objectNode();
        parts.forEach(part -> part.json().properties().forEach(it -> keywords.putIfAbsent(it.getKey(), it.getValue())));
        return keywords;
    }

    /** The descriptions of all parts; the most general first. */
    private static String description(List<Place> parts) {
        List<Place> generalFirst = new ArrayList<>(parts);
        Collections.reverse(generalFirst);
        return generalFirst.stream()
                .map(part -> Markdown.html(part.text("description")))
                .collect(Collectors.joining());
    }

    private static String file(Place schema) {
        return schema.has("$id") ? schema.file() : "";
    }

    private static String type(ObjectNode keywords) {
        return Stream.of("type", "format")
                .map(keyword -> keywords.path(keyword).asString(""))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static List<Constraint> constraints(ObjectNode keywords) {
        if (keywords.has("const")) {
            return List.of(new Constraint("Always", keywords.get("const").toString()));
        }
        return keywords.properties().stream()
                .filter(keyword -> !NO_CONSTRAINTS.contains(keyword.getKey()))
                .map(keyword -> constraint(keyword.getKey(), keyword.getValue()))
                .toList();
    }

    private static Constraint constraint(String keyword, JsonNode value) {
        return switch (keyword) {
            case "enum" -> new Constraint("One of", String.join(", ", json(value)));
            case "pattern" -> new Constraint("Pattern", value.asString());
            case "minimum" -> new Constraint("Least value", value.toString());
            case "minLength", "minItems" ->
                value.asInt() == 1 ? new Constraint("Not empty", "") : new Constraint("Least length", value.toString());
            case "additionalProperties" ->
                new Constraint(value.asBoolean() ? "Can have other fields" : "Has no other fields", "");
            default -> new Constraint(keyword, value.toString());
        };
    }

    private static List<String> json(JsonNode array) {
        return array.valueStream().map(JsonNode::toString).toList();
    }
}
