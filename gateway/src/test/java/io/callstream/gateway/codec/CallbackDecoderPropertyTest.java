package io.callstream.gateway.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.Pairs;
import io.callstream.gateway.codec.Outcome.Decoded;
import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.schemas.Reading;
import io.callstream.schemas.kafka.EventDeserializer;
import io.callstream.schemas.kafka.EventSerializer;
import io.callstream.schemas.testing.Contract;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Properties that hold for every callback, likely or not. */
class CallbackDecoderPropertyTest {

    private static final Instant RECEIVED = Instant.parse("2026-11-22T08:00:00.125Z");
    private static final CallbackDecoder DECODER = new CallbackDecoder(ZoneId.of("Europe/Berlin"));

    @Property(tries = 2000)
    void whateverTheTextTheOutcomeIsAValue(@ForAll("texts") String text) {
        Outcome outcome = DECODER.decode(text, RECEIVED);
        if (outcome instanceof Decoded decoded) {
            assertThat(Pairs.JSON
                            .readTree(RecordEncoder.event(decoded, null).value())
                            .get("vendor")
                            .isObject())
                    .isTrue();
        } else {
            assertThat(((Rejection) outcome).explanation()).isNotBlank();
        }
    }

    @Property(tries = 2000)
    void theVendorsObjectComesThroughWhole(@ForAll("callbacks") Map<String, Object> callback) {
        String text = Pairs.JSON.writeValueAsString(callback);
        JournalRecord record = RecordEncoder.event((Decoded) DECODER.decode(text, RECEIVED), null);

        JsonNode event = Pairs.JSON.readTree(record.value());
        assertThat(event.get("vendor")).isEqualTo(Pairs.JSON.readTree(text));
        assertThat(event.get("callId").asString()).isEqualTo("u-1");
    }

    /**
     * The consumer reads the same event that the gateway encoded, and the contract, which knows every field, accepts
     * it.
     */
    @Property(tries = 3000)
    void theConsumersEventIsTheGatewaysOwn(@ForAll("anyKind") Map<String, Object> callback) {
        Decoded decoded = (Decoded) DECODER.decode(Pairs.JSON.writeValueAsString(callback), RECEIVED);
        JournalRecord record = RecordEncoder.event(decoded, null);
        Headers headers = new RecordHeaders(record.headers());
        try (EventDeserializer deserializer = new EventDeserializer();
                EventSerializer serializer = new EventSerializer()) {
            Reading reading = deserializer.deserialize(record.topic(), headers, record.value());

            assertThat(reading).isEqualTo(decoded.event());
            assertThat(serializer.serialize(record.topic(), headers, reading)).isEqualTo(record.value());
            assertThat(Contract.faults(decoded.event().kind(), record.value())).isEmpty();
            assertThat(Pairs.JSON.readTree(record.value()).path("warnings"))
                    .allSatisfy(warning -> assertThat(
                                    StandardCharsets.UTF_8.newEncoder().canEncode(warning.asString()))
                            .isTrue());
        }
    }

    @Property(tries = 1000)
    void orderAndBlanksDoNotChangeTheIdNorTheEvent(
            @ForAll("callbacks") Map<String, Object> callback, @ForAll Random random) {
        List<String> names = Arrays.asList(callback.keySet().toArray(String[]::new));
        Collections.shuffle(names, random);
        Map<String, Object> shuffled = new LinkedHashMap<>();
        names.forEach(name -> shuffled.put(name, callback.get(name)));

        Decoded one = (Decoded) DECODER.decode(Pairs.JSON.writeValueAsString(callback), RECEIVED);
        Decoded other = (Decoded)
                DECODER.decode(Pairs.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(shuffled), RECEIVED);

        assertThat(other.id()).isEqualTo(one.id());
        assertThat(withoutVendor(other)).isEqualTo(withoutVendor(one));
    }

    private static ObjectNode withoutVendor(Decoded decoded) {
        return ((ObjectNode)
                        Pairs.JSON.readTree(RecordEncoder.event(decoded, null).value()))
                .without("vendor");
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> jsonish = Arbitraries.strings()
                .withChars("{}[]\":,\\ \n\uFEFFtruefalsn0123456789.-+eEuidbstaksr\ud83d\ude00\ud800")
                .ofMaxLength(60);
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(40),
                jsonish,
                jsonish.map(rest -> "{\"uuid\":\"u\"," + rest),
                jsonish.map(rest -> "{\"uuid\":" + rest + "}"),
                Arbitraries.strings()
                        .withChars("\ud83d\ude00\ud800ab\\u{}")
                        .ofMaxLength(6)
                        .map(value -> "\"{\\\"uuid\\\":\\\"u\\\",\\\"x\\\":\\\"" + value + "\\\"}\""));
    }

    /** Callbacks that become events of every kind. Their fields often have a likely value. */
    @Provide
    Arbitrary<Map<String, Object>> anyKind() {
        Arbitrary<String> times = Combinators.combine(
                        Arbitraries.integers().between(0, 9999),
                        Arbitraries.integers().between(1, 12))
                .as("%04d-%02d-01 00:00:03"::formatted);
        Map<VendorField, Arbitrary<?>> likely = new EnumMap<>(VendorField.class);
        likely.put(VendorField.STATUS, Arbitraries.of("ring", "answer", "hangup", "hold"));
        likely.put(VendorField.TYPE, Arbitraries.of("callin", "callout", "call"));
        likely.put(VendorField.DIRECTION, Arbitraries.of("callin", "callout"));
        likely.put(VendorField.ISBLEG, Arbitraries.of("true", "false", true, false));
        for (VendorField time : List.of(VendorField.STARTTIME, VendorField.ANSWERTIME, VendorField.ENDTIME)) {
            likely.put(time, Arbitraries.oneOf(times, Arbitraries.longs().map(Object::toString)));
        }
        for (VendorField number : List.of(
                VendorField.METHOD,
                VendorField.CALLMETHOD,
                VendorField.DURATION,
                VendorField.BILLSEC,
                VendorField.HANGUPDIRECTION,
                VendorField.HANGUPCAUSE)) {
            likely.put(
                    number,
                    Arbitraries.oneOf(
                            Arbitraries.longs(), Arbitraries.integers().between(0, 10050)));
        }
        return callbacks()
                .flatMap(callback -> Combinators.combine(callback.entrySet().stream()
                                .map(field -> {
                                    VendorField known = VendorField.named(field.getKey());
                                    Arbitrary<Object> value = Arbitraries.just(field.getValue());
                                    return known != null && likely.containsKey(known)
                                            ? Arbitraries.oneOf(
                                                    value, likely.get(known).asGeneric())
                                            : value;
                                })
                                .toList())
                        .as(values -> {
                            Map<String, Object> fields = new LinkedHashMap<>();
                            callback.keySet().forEach(name -> fields.put(name, values.get(fields.size())));
                            return fields;
                        }))
                .flatMap(callback -> Arbitraries.of(true, true, true, false).map(call -> {
                    if (!call) {
                        callback.keySet()
                                .removeIf(name -> VendorField.named(name) != null
                                        && VendorField.named(name) != VendorField.COMPANYCODE);
                        callback.put("taskid", "t-1");
                    }
                    return callback;
                }));
    }

    @Provide
    Arbitrary<Map<String, Object>> callbacks() {
        Arbitrary<String> names = Arbitraries.oneOf(
                Arbitraries.of(VendorField.values())
                        .filter(field -> field != VendorField.UUID)
                        .map(VendorField::label),
                Arbitraries.strings().alpha().ofMinLength(30).ofMaxLength(32));
        Arbitrary<Object> scalars = Arbitraries.oneOf(
                Arbitraries.strings()
                        .withCharRange(' ', '\ud7ff')
                        .ofMaxLength(12)
                        .map(text -> text),
                Arbitraries.of("😀", "a", "\0", "\u0085")
                        .list()
                        .ofMinSize(60)
                        .ofMaxSize(140)
                        .map(characters -> String.join("", characters)),
                Arbitraries.of("", "0", "ring", "hold", "2021-02-09 10:00:03", "1612857945", "true", "10001", "12.0"),
                Arbitraries.integers().map(number -> number),
                Arbitraries.bigDecimals().map(number -> number),
                Arbitraries.of(true, false));
        Arbitrary<Object> values = Arbitraries.oneOf(
                scalars,
                scalars.list().ofMaxSize(3).map(list -> list),
                Arbitraries.maps(Arbitraries.strings().alpha().ofLength(3), scalars)
                        .ofMaxSize(3)
                        .map(map -> map));
        return Arbitraries.maps(names, values).ofMaxSize(12).map(fields -> {
            Map<String, Object> callback = new LinkedHashMap<>(fields);
            callback.put("uuid", "u-1");
            return callback;
        });
    }
}
