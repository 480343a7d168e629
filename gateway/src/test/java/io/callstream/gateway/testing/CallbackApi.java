package io.callstream.gateway.testing;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.callstream.schemas.testing.SchemaFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Checks the gateway's answers against the OpenAPI document. */
public final class CallbackApi {

    private static final String AT = "https://contract/openapi.yaml";
    private static final SchemaFiles SCHEMAS = SchemaFiles.in("/contract/schemas/");
    private static final JsonNode API = api();
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemas(iri -> iri.equals(AT)
                    ? API.toString()
                    : SCHEMAS.read(iri.substring(iri.lastIndexOf('/') + 1)).toString()));

    private CallbackApi() {}

    /** Fails if the document does not describe this answer to a POST. */
    public static void check(int status, Map<String, List<String>> headers, String body) {
        Map<String, List<String>> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        found.putAll(headers);
        List<String> faults = new ArrayList<>();
        JsonNode responses = resolved(API.at("/paths/~1callbacks")).at("/post/responses");
        JsonNode response = resolved(responses.path(String.valueOf(status)));
        if (response.isMissingNode()) {
            throw new AssertionError("No answer " + status + " is documented: " + body);
        }
        response.path("headers").propertyNames().forEach(name -> {
            if (!found.containsKey(name)) {
                faults.add("no header " + name);
            }
        });
        String type = found.getOrDefault("content-type", List.of("")).get(0).replaceAll(";.*", "");
        JsonNode schema = response.path("content").path(type).path("schema");
        if (schema.isMissingNode()) {
            faults.add("a body of type " + type);
        } else if (type.endsWith("json")) {
            String pointer = schema.get("$ref").asString();
            REGISTRY.getSchema(SchemaLocation.of(AT + pointer))
                    .validate(JsonMapper.shared().readTree(body))
                    .forEach(error -> faults.add(error.getInstanceLocation() + ": " + error.getMessage()));
        }
        if (!faults.isEmpty()) {
            throw new AssertionError("Answer %d is not as documented: %s%n%s".formatted(status, faults, body));
        }
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? API.at(node.get("$ref").asString().substring(1)) : node;
    }

    private static JsonNode api() {
        try (InputStream file = CallbackApi.class.getResourceAsStream("/contract/openapi.yaml")) {
            return YAMLMapper.shared().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
