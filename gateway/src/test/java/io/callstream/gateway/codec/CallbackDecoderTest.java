package io.callstream.gateway.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.callstream.gateway.Pairs;
import io.callstream.gateway.codec.Outcome.Decoded;
import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.codec.Outcome.Rejection.Reason;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.schemas.Event;
import io.callstream.schemas.EventJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class CallbackDecoderTest {

    private static final Instant RECEIVED = Instant.parse("2026-11-22T08:00:00.125Z");
    private static final CallbackDecoder DECODER = new CallbackDecoder(ZoneId.of("+08:00"));

    private static final String RING =
            "{\"uuid\":\"u-1\",\"buuid\":\"b-1\",\"isbleg\":\"true\",\"status\":\"ring\",\"starttime\":\"1612857945\"}";
    private static final String BILL =
            "{\"uuid\":\"u-1\",\"starttime\":\"2021-02-09 10:00:03\",\"billsec\":19,\"callmethod\":5}";

    static Stream<Pairs.Pair> pairs() {
        return Pairs.all().stream();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyPairComesOutAsItIsWritten(Pairs.Pair pair) {
        Decoded decoded = decoded(pair.text());
        JournalRecord record = RecordEncoder.event(decoded, null);

        assertThat(record.topic()).isEqualTo(pair.topic());
        assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo(pair.key());
        ObjectNode expected = ((ObjectNode) pair.event()).deepCopy();
        expected.put("receivedAt", RECEIVED.toString());
        assertThat(Pairs.JSON.readTree(record.value())).isEqualTo(expected);
    }

    @Test
    void theHeadersAreACloudEvent() {
        JournalRecord record = RecordEncoder.event(
                decoded("{\"uuid\":\"ü-1\",\"status\":\"answer\",\"companycode\":\"a b\"}"), "acme");

        Map<String, String> headers = new LinkedHashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        assertThat(headers.remove("ce_id")).matches("[0-9a-f]{32}");
        assertThat(headers)
                .containsExactly(
                        Map.entry("ce_specversion", "1.0"),
                        Map.entry("ce_source", "/callstream/a%20b"),
                        Map.entry("ce_type", "io.callstream.call.answer.v1"),
                        Map.entry("ce_time", "2026-11-22T08:00:00.125Z"),
                        Map.entry("ce_subject", "ü-1"),
                        Map.entry("ce_partitionkey", "ü-1"),
                        Map.entry("content-type", "application/json"),
                        Map.entry("callstream-tenant", "acme"));
    }

    static Stream<Arguments> sameEvents() {
        return Stream.of(
                arguments(
                        "names in any case",
                        RING,
                        RING.replace("uuid\"", "UUID\"").replace("status", "Status")),
                arguments(
                        "values in any case",
                        RING,
                        RING.replace("\"ring\"", "\"RING\"").replace("true", "TRUE")),
                arguments(
                        "blanks around values",
                        RING,
                        RING.replace("u-1", " u-1\\t").replace("ring", " ring ")),
                arguments("blanks around names", RING, RING.replace("\"status\"", "\" status \"")),
                arguments("blanks between tokens", RING, " \r\n" + RING.replace(",", " ,\n\t") + "\n"),
                arguments("a byte-order mark", RING, "\uFEFF" + RING),
                arguments("blanks before and behind a byte-order mark", RING, " \uFEFF\n" + RING),
                arguments("encoded twice", RING, Pairs.JSON.writeValueAsString(RING)),
                arguments(
                        "encoded twice, marked twice", RING, "\uFEFF" + Pairs.JSON.writeValueAsString("\uFEFF" + RING)),
                arguments("a boolean for a string", RING, RING.replace("\"true\"", "true")),
                arguments("a number for a string", RING, RING.replace("\"1612857945\"", "1612857945")),
                arguments(
                        "numbers as strings", BILL, BILL.replace("19", "\"19\"").replace("5}", "\"5\"}")),
                arguments(
                        "whole numbers with a point",
                        BILL,
                        BILL.replace("19", "19.0").replace("5}", "\"5.00\"}")),
                arguments("an exponent", BILL, BILL.replace("19", "1.9e1")),
                arguments("null for absent", RING, RING.replace("}", ",\"callee\":null}")),
                arguments("empty for absent", RING, RING.replace("}", ",\"callee\":\" \",\"caller\":\"\"}")),
                arguments("no extension", RING, RING.replace("}", ",\"extnumber\":\"000000\"}")),
                arguments("no extension, as a number", RING, RING.replace("}", ",\"extnumber\":0}")),
                arguments("no agent", BILL, BILL.replace("}", ",\"crmid\":\"0\",\"userid\":0}")),
                arguments(
                        "no parameters",
                        BILL,
                        BILL.replace("}", ",\"memberid\":\"0\",\"chengshudu\":\"\",\"customuuid\":0}")),
                arguments(
                        "never, in 1970",
                        BILL,
                        BILL.replace("}", ",\"answertime\":\"1970-01-01 08:00:00\",\"endtime\":0}")),
                arguments("a field told twice alike", RING, RING.replace("}", ",\"UUID\":\"u-1\"}")),
                arguments("unknown fields", RING, RING.replace("}", ",\"round\":3,\"x\":{\"y\":[1,null,true]}}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sameEvents")
    void driftChangesNothingButTheVendorsOwnObject(String drift, String plain, String drifted) {
        assertThat(withoutVendor(drifted)).isEqualTo(withoutVendor(plain));
    }

    static Stream<Arguments> readings() {
        return Stream.of(
                arguments("{\"uuid\":\"u\",\"billsec\":0}", "{\"answered\":false,\"talkSeconds\":0}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":1,\"userkey\":0}",
                        "{\"answered\":true,\"talkSeconds\":1,\"userKey\":\"0\"}"),
                arguments("{\"uuid\":\"u\",\"billsec\":\"\",\"userid\":\"77\"}", "{\"agentId\":\"77\"}"),
                arguments("{\"uuid\":\"u\",\"billsec\":\"\",\"crmid\":\"5\",\"userid\":\"77\"}", "{\"agentId\":\"5\"}"),
                arguments("{\"uuid\":\"u\",\"billsec\":\"\",\"type\":\"callin\"}", "{\"direction\":\"inbound\"}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":\"\",\"type\":\"call\",\"direction\":\"callin\"}",
                        "{\"direction\":\"inbound\"}"),
                arguments("{\"uuid\":\"u\",\"callmethod\":99}", "{\"method\":{\"code\":99}}"),
                arguments("{\"uuid\":\"u\",\"callmethod\":0}", "{\"method\":{\"code\":0,\"name\":\"unspecified\"}}"),
                arguments("{\"uuid\":\"u\",\"callmethod\":4}", "{\"method\":{\"code\":4,\"name\":\"doubleCall\"}}"),
                arguments(
                        "{\"uuid\":\"u\",\"hangupCause\":\"10009\"}",
                        "{\"hangup\":{\"causeCode\":10009,\"cause\":\"unreachable\"}}"),
                arguments("{\"uuid\":\"u\",\"hangupdirection\":7}", "{\"hangup\":{\"directionCode\":7}}"),
                arguments(
                        "{\"uuid\":\"u\",\"destnumber\":\"5\",\"downloadIp\":\"h\"}",
                        "{\"destination\":\"5\",\"recording\":{\"host\":\"h\"}}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":-1,\"duration\":1.5}",
                        "{\"warnings\":[\"billsec: not a whole number of seconds: \\\"-1\\\"\","
                                + "\"duration: not a whole number of seconds: \\\"1.5\\\"\"]}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":1e999999999}",
                        "{\"warnings\":[\"billsec: not a whole number of seconds: \\\"1e999999999\\\"\"]}"),
                arguments(
                        "{\"uuid\":\"u\",\"endtime\":\"2021-02-30 10:00:00\"}",
                        "{\"warnings\":[\"endtime: not a time: \\\"2021-02-30 10:00:00\\\"\"]}"),
                arguments(
                        "{\"uuid\":\"u\",\"endtime\":\"1612857945000\"}",
                        "{\"warnings\":[\"endtime: not a time: \\\"1612857945000\\\"\"]}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":{\"a\":1},\"userkey\":[1]}",
                        "{\"warnings\":[\"billsec: not a text\",\"userkey: not a text\"]}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":\"\",\"type\":\"sideways\"}",
                        "{\"warnings\":[\"type: unknown: \\\"sideways\\\"\"]}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":\"\",\"userkey\":\"\\ud800\"}",
                        "{\"warnings\":[\"userkey: not Unicode text\"]}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":\"\",\"companycode\":\"" + "9".repeat(300) + "\"}",
                        "{\"warnings\":[\"companycode: longer than 256 characters\"]}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":\"\",\"memberid\":\"" + "9".repeat(300) + "\"}",
                        "{\"custom\":{\"memberId\":\"" + "9".repeat(300) + "\"}}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":\"\",\"crmid\":0.0,\"companycode\":104026.0,\"extnumber\":0.00}",
                        "{\"companyCode\":\"104026\"}"),
                arguments(
                        "{\"uuid\":\"u\",\"billsec\":\"\",\"direction\":\"sideways\"}",
                        "{\"warnings\":[\"direction: unknown: \\\"sideways\\\"\"]}"));
    }

    @ParameterizedTest
    @MethodSource("readings")
    void aBillIsReadFieldByField(String callback, String expected) {
        ObjectNode event = withoutVendor(callback);
        event.remove(List.of("callId", "kind", "receivedAt"));
        assertThat(event).isEqualTo(Pairs.JSON.readTree(expected));
        assertThat(decoded(callback).kind()).isEqualTo("bill");
    }

    @Test
    void aWarningHoldsNoHalfOfACharacter() {
        String status = "a".repeat(63) + "😀b";
        assertThat(decoded("{\"uuid\":\"u\",\"status\":\"%s\"}".formatted(status))
                        .event()
                        .warnings())
                .containsExactly("status: unknown: \"%s…\"".formatted("a".repeat(63)));
    }

    @Test
    void oddStatusesAreSaid() {
        assertThat(decoded("{\"uuid\":\"u\",\"callee\":\"5\"}").event().warnings())
                .containsExactly("status: missing");
        assertThat(decoded("{\"uuid\":\"u\",\"status\":3}").event().warnings())
                .containsExactly("status: unknown: \"3\"");
        assertThat(decoded("{\"uuid\":\"u\",\"status\":\"ring\",\"isbleg\":\"1\"}")
                        .event()
                        .warnings())
                .containsExactly("isbleg: neither true nor false: \"1\"");
    }

    static Stream<Arguments> kinds() {
        return Stream.of(
                arguments("{\"uuid\":\"u\",\"status\":\"hangup\",\"hangupcause\":10001}", "hangup"),
                arguments("{\"uuid\":\"u\",\"status\":\"hangup\",\"callee\":\"5\",\"billsec\":3}", "hangup"),
                arguments("{\"uuid\":\"u\",\"status\":\"hangup\",\"billsec\":3,\"callmethod\":5}", "bill"),
                arguments("{\"uuid\":\"u\",\"status\":\"3\",\"billsec\":4}", "bill"),
                arguments("{\"uuid\":\"u\",\"status\":\"\",\"hangupcause\":4}", "bill"),
                arguments("{\"uuid\":\"u\",\"caller\":\"5\",\"endtime\":\"\"}", "bill"),
                arguments("{\"uuid\":\"u\",\"status\":\"hold\",\"hangupcause\":10001}", "unclassified"),
                arguments("{\"uuid\":\"u\",\"status\":\"hold\",\"isbleg\":\"true\",\"billsec\":1}", "unclassified"),
                arguments("{\"uuid\":\"u\",\"callee\":\"5\"}", "unclassified"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void thePayloadSaysWhatItIs(String callback, String kind) {
        assertThat(decoded(callback).kind()).isEqualTo(kind);
    }

    @Test
    void aLocalTimeThatAZoneHasTwiceIsSaid() {
        CallbackDecoder berlin = new CallbackDecoder(ZoneId.of("Europe/Berlin"));
        Event twice =
                ((Decoded) berlin.decode("{\"uuid\":\"u\",\"endtime\":\"2021-10-31 02:30:00\"}", RECEIVED)).event();
        Event never =
                ((Decoded) berlin.decode("{\"uuid\":\"u\",\"endtime\":\"2021-03-28 02:30:00\"}", RECEIVED)).event();

        assertThat(twice.warnings()).containsExactly("endtime: two times in Europe/Berlin: \"2021-10-31 02:30:00\"");
        assertThat(never.warnings()).containsExactly("endtime: no time in Europe/Berlin: \"2021-03-28 02:30:00\"");
    }

    static Stream<Arguments> rejected() {
        return Stream.of(
                arguments("", Reason.EMPTY, null),
                arguments(" \n\uFEFF".substring(0, 2), Reason.EMPTY, null),
                arguments("\uFEFF", Reason.EMPTY, null),
                arguments("\"\"", Reason.EMPTY, null),
                arguments("\"{\\\"uuid\\\":\\\"u\\\",\\\"x\\\":\\\"\\ud800\\\"}\"", Reason.NOT_TEXT, null),
                arguments("{\"uuid\":\"u\",\"Status\":{\"a\":1},\"status\":{\"a\":2}}", Reason.DUPLICATE_FIELD, "u"),
                arguments("{", Reason.NOT_JSON, null),
                arguments("{\"uuid\":\"u\",\"status\":\"ring\"", Reason.NOT_JSON, "u"),
                arguments("{\"uuid\":\"u\",}", Reason.NOT_JSON, "u"),
                arguments("{'uuid':'u'}", Reason.NOT_JSON, null),
                arguments("{uuid:\"u\"}", Reason.NOT_JSON, null),
                arguments("{\"uuid\":\"u\",\"billsec\":007}", Reason.NOT_JSON, "u"),
                arguments("{\"uuid\":\"u\",\"billsec\":NaN}", Reason.NOT_JSON, "u"),
                arguments("{\"uuid\":\"u\"}{\"uuid\":\"v\"}", Reason.NOT_JSON, "u"),
                arguments("{\"uuid\":\"u\"} x", Reason.NOT_JSON, "u"),
                arguments("{\"uuid\":\"u\\x\"}", Reason.NOT_JSON, null),
                arguments("{\"uuid\":\"a\nb\"}", Reason.NOT_JSON, null),
                arguments("{\"uuid\":\"u\",\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}", Reason.TOO_LARGE, "u"),
                arguments("{\"uuid\":\"u\",\"n\":" + "9".repeat(1001) + "}", Reason.TOO_LARGE, "u"),
                arguments("{\"uuid\":\"u\",\"n\":[-" + "9".repeat(1000) + ".0]}", Reason.TOO_LARGE, "u"),
                arguments("{\"uuid\":\"u\",\"" + "k".repeat(1001) + "\":1}", Reason.TOO_LARGE, "u"),
                arguments("null", Reason.NOT_AN_OBJECT, null),
                arguments("12", Reason.NOT_AN_OBJECT, null),
                arguments("[]", Reason.NOT_AN_OBJECT, null),
                arguments("[{\"uuid\":\"u\",\"status\":\"ring\"}]", Reason.NOT_AN_OBJECT, null),
                arguments("\"\\\"{}\\\"\"", Reason.NOT_AN_OBJECT, null),
                arguments("{}", Reason.NO_CALL_ID, null),
                arguments("{\"uuid\":\"\",\"buuid\":null,\"status\":\"ring\"}", Reason.NO_CALL_ID, null),
                arguments("{\"uuid\":\"" + "u".repeat(257) + "\",\"status\":\"ring\"}", Reason.NO_CALL_ID, null),
                arguments("{\"uuid\":\"\\udc00\",\"status\":\"ring\"}", Reason.NO_CALL_ID, null),
                arguments("{\"uuid\":\"a\\u0000b\",\"status\":\"ring\"}", Reason.NO_CALL_ID, null),
                arguments("{\"uuid\":\"a\\u0085b\",\"status\":\"ring\"}", Reason.NO_CALL_ID, null),
                arguments("{\"uuid\":\"a\\ufffeb\",\"status\":\"ring\"}", Reason.NO_CALL_ID, null),
                arguments("{\"uuid\":\"a\\nb\",\"x\":{\"a\":1,\"a\":1}}", Reason.DUPLICATE_FIELD, null),
                arguments("{\"uuid\":\"u\",\"\\ud83d\":1,\"\\ud83d\":1}", Reason.DUPLICATE_FIELD, "u"),
                arguments(
                        "{\"uuid\":\"u\",\"%1$s\":1,\"%1$s\":1}".formatted("a".repeat(63) + "😀"),
                        Reason.DUPLICATE_FIELD,
                        "u"),
                arguments("{\"taskid\":\"t\",\"status\":\"ring\"}", Reason.NO_CALL_ID, null),
                arguments("{\"taskid\":\"t\",\"billsec\":5}", Reason.NO_CALL_ID, null),
                arguments("{\"uuid\":\"u\",\"status\":\"ring\",\"status\":\"ring\"}", Reason.DUPLICATE_FIELD, "u"),
                arguments("{\"uuid\":\"u\",\"uuid\":\"v\"}", Reason.DUPLICATE_FIELD, null),
                arguments("{\"uuid\":\"u\",\"UUID\":\"v\"}", Reason.DUPLICATE_FIELD, null),
                arguments("{\"uuid\":\"u\",\"x\":{\"a\":1,\"a\":1}}", Reason.DUPLICATE_FIELD, "u"));
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void whatCannotBeKnownIsRejectedWithAReason(String callback, Reason reason, String callId) {
        Rejection rejection = (Rejection) DECODER.decode(callback, RECEIVED);

        assertThat(rejection.reason()).isEqualTo(reason);
        assertThat(rejection.callId()).isEqualTo(callId);
        assertThat(rejection.explanation()).endsWith(".").hasSizeGreaterThan(20).hasSizeLessThan(400);
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(rejection.explanation()))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"taskid\":\"t-1\",\"status\":3,\"endtype\":\"over\"}",
                "{\"taskid\":\"t-1\",\"status\":3,\"endtime\":\"2021-02-09 10:00:03\"}",
                "{\"taskid\":7,\"status\":\"3\",\"uuid\":\"\",\"starttime\":\"2021-02-09 10:00:03\"}"
            })
    void aTasksOwnCallbackIsNoCall(String callback) {
        assertThat(decoded(callback).kind()).isEqualTo("task");
    }

    @Test
    void theTextOfNumbersIsKept() {
        String callback =
                "{\"uuid\":\"u\",\"status\":\"ring\",\"a\":1.50,\"b\":1E+2,\"c\":-0.0,\"d\":" + "9".repeat(1000) + "}";
        assertThat(decoded(callback).event().vendor().text()).isEqualTo(callback);
    }

    @Test
    void theIdIsTheCallbacksWhateverItsForm() {
        String id = decoded("{\"uuid\":\"u\",\"billsec\":12,\"x\":{\"b\":true,\"a\":[1]}}")
                .id();

        assertThat(decoded("{ \"x\":{\"a\":[1],\"b\":true},\n\"billsec\":12, \"uu\\u0069d\":\"u\"}")
                        .id())
                .isEqualTo(id);
        assertThat(decoded("{\"uuid\":\"u\",\"billsec\":\"12\",\"x\":{\"b\":\"true\",\"a\":[\"1\"]}}")
                        .id())
                .isEqualTo(id);
        assertThat(decoded("{\"uuid\":\"u\",\"billsec\":13,\"x\":{\"b\":true,\"a\":[1]}}")
                        .id())
                .isNotEqualTo(id);
        assertThat(decoded("{\"uuid\":\"u\",\"billsec\":12,\"x\":{\"b\":true,\"a\":[1,1]}}")
                        .id())
                .isNotEqualTo(id);
        assertThat(decoded("{\"uuid\":\"u\",\"x\":\"\\ud800\"}").id())
                .isNotEqualTo(decoded("{\"uuid\":\"u\",\"x\":\"\\ud801\"}").id())
                .isNotEqualTo(decoded("{\"uuid\":\"u\",\"x\":\"?\"}").id());
        assertThat(decoded("{\"uuid\":\"u\",\"billsec\":12,\"x\":null}").id())
                .isNotEqualTo(decoded("{\"uuid\":\"u\",\"billsec\":12,\"x\":\"null\"}")
                        .id());
    }

    private static Decoded decoded(String callback) {
        return (Decoded) DECODER.decode(callback, RECEIVED);
    }

    private static ObjectNode withoutVendor(String callback) {
        JsonNode event = Pairs.JSON.readTree(EventJson.bytes(decoded(callback).event()));
        return ((ObjectNode) event).without("vendor");
    }
}
