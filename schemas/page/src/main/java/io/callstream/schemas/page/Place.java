package io.callstream.schemas.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A node of the contract, and the file that contains it. References are resolved, so no node is a {@code $ref}.
 *
 * @param file the base of the node's references; relative to the folder {@code contract} on the class path
 */
record Place(String file, JsonNode json) {

    private static final ObjectMapper YAML = new YAMLMapper();

    static Place file(String name) {
        try (InputStream content = Place.class.getResourceAsStream("/contract/" + name)) {
            if (content == null) {
                throw new IllegalArgumentException("The contract refers to " + name + ", which does not exist");
            }
            ObjectMapper mapper = name.endsWith(".yaml") ? YAML : JsonMapper.shared();
            return new Place(name, mapper.readTree(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(String name) {
        return json.has(name);
    }

    Place get(String name) {
        return at(json.path(name));
    }

    /** The text of a member; empty if the member is missing. */
    String text(String name) {
        return json.path(name).asString("");
    }

    /** The members of an object; empty if this is not an object. */
    Stream<Map.Entry<String, Place>> members() {
        return json.properties().stream().map(member -> Map.entry(member.getKey(), at(member.getValue())));
    }

    /** The items of an array; empty if this is not an array. */
    Stream<Place> items() {
        return json.isArray() ? json.valueStream().map(this::at) : Stream.empty();
    }

    private Place at(JsonNode node) {
        if (!node.has("$ref")) {
            return new Place(file, node);
        }
        String[] reference = node.get("$ref").asString().split("#", 2);
        Place target = reference[0].isEmpty() ? file(file) : file(sibling(reference[0]));
        JsonNode referred = reference.length == 1 ? target.json : target.json.at(reference[1]);
        if (referred.isMissingNode()) {
            throw new IllegalArgumentException(file + " refers to " + node.get("$ref") + ", which does not exist");
        }
        return target.at(referred);
    }

    private String sibling(String name) {
        return file.substring(0, file.lastIndexOf('/') + 1) + name;
    }
}
