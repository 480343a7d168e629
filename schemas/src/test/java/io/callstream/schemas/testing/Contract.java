package io.callstream.schemas.testing;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.callstream.schemas.CallState;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Headers;
import io.callstream.schemas.OrphanEvent;
import io.callstream.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Validates records against the JSON Schemas, more strictly than they demand. A field that no schema describes is a
 * fault too, because no consumer could know it.
 */
public final class Contract {

    private static final SchemaFiles FILES = SchemaFiles.in("/contract/schemas/");
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();
    private static final String OPEN = "https://open/";
    private static final String CLOSED = "https://closed/";

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemas(iri -> iri.startsWith(OPEN)
                    ? FILES.read(iri.substring(OPEN.length())).toString()
                    : closed(iri.substring(CLOSED.length())).toString()));

    private Contract() {}

    /** Returns the faults of a record in one of the contract's topics; empty if it is valid. */
    public static List<String> faults(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode headers = JsonMapper.shared().createObjectNode();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        List<String> faults = new ArrayList<>();
        if (record.topic().equals(Topics.QUARANTINE)) {
            // A record that Kafka rejected also has the headers of its event.
            boolean event = headers.has(Headers.CE_TYPE);
            faults.addAll(faults(event ? OPEN : CLOSED, "quarantine-headers", headers));
            return faults;
        }
        if (record.value() == null) {
            expect(faults, "the topic of a tombstone", Topics.STATE, headers.stringNode(record.topic()));
            return faults;
        }
        JsonNode made = JsonMapper.shared().readTree(record.value());
        String madeBy = headers.path(Headers.CE_TYPE).stringValue("");
        if (madeBy.equals(CallState.TYPE) || madeBy.equals(OrphanEvent.TYPE)) {
            faults.addAll(faults(CLOSED, "state-headers", headers));
            faults.addAll(faults(CLOSED, madeBy.equals(CallState.TYPE) ? "state" : "orphan", made));
            expect(faults, "the key", key(record), made.path("callId"));
            return faults;
        }
        boolean inTimeline = record.topic().equals(Topics.TIMELINE);
        faults.addAll(faults(CLOSED, inTimeline ? "timeline-headers" : "event-headers", headers));
        String type = headers.path(Headers.CE_TYPE).stringValue("");
        EventKind kind = EventKind.ofType(type);
        if (kind == null) {
            faults.add("ce_type: no schema is known for \"" + type + '"');
            return faults;
        }
        ObjectNode value = (ObjectNode) made;
        if (inTimeline) {
            faults.addAll(faults(OPEN, "timeline-event", value));
            faults.addAll(faults(CLOSED, "timeline", value.path("timeline")));
            value.remove("timeline");
        }
        faults.addAll(faults(CLOSED, kind.label(), value));
        String key = key(record);
        expect(faults, "the key", key, value.path(kind == EventKind.TASK ? "taskId" : "callId"));
        expect(faults, "ce_subject", key, headers.path(Headers.CE_SUBJECT));
        expect(faults, "ce_partitionkey", key, headers.path(Headers.CE_PARTITIONKEY));
        expect(faults, "ce_time", value.path("receivedAt").stringValue(""), headers.path(Headers.CE_TIME));
        return faults;
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    /** Returns the faults of an event's JSON; empty if it is valid. */
    public static List<String> faults(EventKind kind, byte[] value) {
        return faults(CLOSED, kind.label(), JsonMapper.shared().readTree(value));
    }

    private static void expect(List<String> faults, String what, String expected, JsonNode found) {
        if (!Objects.equals(expected, found.stringValue(null))) {
            faults.add("%s is not the same everywhere: \"%s\", %s".formatted(what, expected, found));
        }
    }

    private static List<String> faults(String how, String name, JsonNode value) {
        return SCHEMAS
                .computeIfAbsent(how + name, s -> REGISTRY.getSchema(SchemaLocation.of(how + name + ".v1.json")))
                .validate(value, execution -> execution.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(error -> name + error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    /** Returns the schema, changed so that it rejects fields that it does not describe. */
    private static ObjectNode closed(String name) {
        ObjectNode schema = FILES.read(name);
        close(schema);
        if (SchemaFiles.PARTS.contains(name)) {
            schema.remove("unevaluatedProperties");
        }
        return schema;
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties")) {
            object.remove("additionalProperties");
            object.put("unevaluatedProperties", false);
        }
        schema.path("properties").forEach(Contract::close);
    }
}
