package io.callstream.gateway.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.Pairs;
import io.callstream.gateway.journal.JournalRecord;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What holds for every callback, likely or not. */
class CallbackDecoderPropertyTest {

    private static final Instant RECEIVED = Instant.parse("2026-11-22T08:00:00.125Z");
    private static final CallbackDecoder DECODER = new CallbackDecoder(ZoneId.of("Europe/Berlin"));

    @Property(tries = 2000)
    void whateverTheTextTheOutcomeIsAValue(@ForAll("texts") String text) {
        Outcome outcome = DECODER.decode(text, RECEIVED);
        if (outcome instanceof Decoded decoded) {
            assertThat(Pairs.JSON
                            .readTree(RecordEncoder.event(decoded).value())
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
        JournalRecord record = RecordEncoder.event((Decoded) DECODER.decode(text, RECEIVED));

        JsonNode event = Pairs.JSON.readTree(record.value());
        assertThat(event.get("vendor")).isEqualTo(Pairs.JSON.readTree(text));
        assertThat(event.get("callId").asString()).isEqualTo("u-1");
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
        return ((ObjectNode) Pairs.JSON.readTree(RecordEncoder.event(decoded).value())).without("vendor");
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
