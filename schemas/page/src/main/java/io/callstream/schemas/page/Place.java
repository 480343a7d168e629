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
 * A node of the contract, and the file that its references are relative to. References are followed: no place is a
 * {@code $ref}.
 *
 * @param file relative to the class path's folder {@code contract}
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

    /** The text of a member; empty without that member. */
    String text(String name) {
        return json.path(name).asString("");
    }

    /** The members of an object; none where this is no object. */
    Stream<Map.Entry<String, Place>> members() {
        return json.properties().stream().map(member -> Map.entry(member.getKey(), at(member.getValue())));
    }

    /** The items of an array; none where this is no array. */
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
