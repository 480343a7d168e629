package io.callstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class EventJsonTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Instant RECEIVED = Instant.parse("2021-02-09T02:00:16.250Z");
    private static final String TASK =
            "{\"taskId\":\"t-1\",\"kind\":\"task\",\"receivedAt\":\"2021-02-09T02:00:16.250Z\","
                    + "\"vendor\":{\"n\":1.50,\"big\":12345678901234567890123}}";
    private static final String RING =
            "{\"callId\":\"call-1\",\"kind\":\"ring\",\"receivedAt\":\"2021-02-09T02:00:16.250Z\","
                    + "\"companyCode\":\"2028\",\"callStartedAt\":\"2021-02-09T02:00:03Z\",\"direction\":\"outbound\","
                    + "\"method\":{\"code\":9},\"leg\":{\"id\":\"b-1\",\"side\":\"B\"},\"vendor\":{},"
                    + "\"warnings\":[\"method: odd\"]}";
    private static final String BILL =
            "{\"callId\":\"call-1\",\"kind\":\"bill\",\"receivedAt\":\"2021-02-09T02:00:16.250Z\",\"answered\":true,"
                    + "\"talkSeconds\":19,\"hangup\":{\"causeCode\":10001},\"vendor\":{\"phone\":\"5550100\"}}";

    @Test
    void absentComponentsAreLeftOutAndTheVendorsTextIsKept() {
        var event = new TaskEvent(
                "t-1",
                EventKind.TASK,
                RECEIVED,
                null,
                new RawJson("{\"n\":1.50,\"big\":12345678901234567890123}"),
                null,
                Map.of());

        assertThat(json(event)).isEqualTo(TASK);
        assertThat(read(EventKind.TASK, TASK)).isEqualTo(event);
    }

    @Test
    void aStatusStandsInItsDocumentedShape() {
        var event = new StatusEvent(
                "call-1",
                EventKind.RING,
                RECEIVED,
                "2028",
                Instant.parse("2021-02-09T02:00:03Z"),
                Direction.OUTBOUND,
                new Method(9, null, Map.of()),
                null,
                null,
                null,
                null,
                new Leg("b-1", Leg.Side.B, Map.of()),
                new RawJson("{}"),
                List.of("method: odd"),
                Map.of());

        assertThat(json(event)).isEqualTo(RING);
        assertThat(read(EventKind.RING, RING)).isEqualTo(event);
    }

    @Test
    void unknownFieldsAreKeptAndWrittenBackWhereverTheyStand() {
        String tomorrow = BILL.replace("{\"causeCode\":10001}", "{\"causeCode\":10001,\"who\":[1, 2.50]}")
                .replace(
                        "\"vendor\":{\"phone\":\"5550100\"}}",
                        "\"vendor\":{},\"fromTomorrow\":3.0,\"alsoFromTomorrow\":{\"a\": null},\"x\":null}");
        assertThat(read(EventKind.BILL, tomorrow)).isInstanceOf(BillEvent.class);
        BillEvent bill = (BillEvent) read(EventKind.BILL, tomorrow);

        assertThat(bill.unknown())
                .containsOnly(
                        Map.entry("fromTomorrow", new RawJson("3.0")),
                        Map.entry("alsoFromTomorrow", new RawJson("{\"a\": null}")),
                        Map.entry("x", new RawJson("null")));
        assertThat(bill.hangup().unknown()).containsExactly(Map.entry("who", new RawJson("[1, 2.50]")));
        assertThat(bill.talkSeconds()).isEqualTo(19);
        assertThat(JSON.readTree(json(bill))).isEqualTo(JSON.readTree(tomorrow));
    }

    static Stream<String> anyNames() {
        return Stream.of("unknown", "key", "", "type", "class", "reason", "fromTomorrow");
    }

    @ParameterizedTest
    @MethodSource("anyNames")
    void anUnknownFieldMayHaveAnyName(String name) {
        String field = "\"" + name + "\":{\"q\":[1.0]}";
        assertKept(EventKind.BILL, BILL.replace("{\"callId\"", "{" + field + ",\"callId\""));
        assertKept(EventKind.BILL, BILL.replace("{\"causeCode\"", "{" + field + ",\"causeCode\""));
        assertKept(EventKind.RING, RING.replace("{\"callId\"", "{" + field + ",\"callId\""));
        assertKept(EventKind.RING, RING.replace("\"side\":\"B\"", "\"side\":\"B\"," + field));
        assertKept(EventKind.RING, RING.replace("\"code\":9", "\"code\":9," + field));
        assertKept(EventKind.TASK, TASK.replace("{\"taskId\"", "{" + field + ",\"taskId\""));
    }

    private static void assertKept(EventKind kind, String json) {
        Reading reading = read(kind, json);
        assertThat(reading).as(json).isInstanceOf(Event.class);
        assertThat(JSON.readTree(json((Event) reading))).isEqualTo(JSON.readTree(json));
    }

    @Test
    void withoutATypeItsOwnKindTells() {
        assertThat(EventJson.read(null, BILL.getBytes(StandardCharsets.UTF_8))).isInstanceOf(BillEvent.class);
        assertThat(EventJson.read(null, RING.getBytes(StandardCharsets.UTF_8))).isInstanceOf(StatusEvent.class);
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                arguments("io.callstream.call.transfer.v1", BILL, Unreadable.Reason.UNKNOWN_TYPE, "transfer"),
                arguments("io.callstream.call.bill.v2", BILL, Unreadable.Reason.UNKNOWN_TYPE, "v2"),
                arguments(null, "{\"kind\":\"transfer\"}", Unreadable.Reason.UNKNOWN_TYPE, "no type"),
                arguments(null, "[1]", Unreadable.Reason.UNKNOWN_TYPE, "no type"),
                bad("", "no JSON object"),
                bad("null", "not of the kind"),
                bad("{", "no JSON object"),
                bad("garbage", "no JSON object"),
                bad("[]", "no JSON object"),
                bad("\"bill\"", "no JSON object"),
                bad(BILL + "x", "no JSON object"),
                bad(BILL.replace("\"call-1\"", "7"), "callId"),
                bad(BILL.replace("\"call-1\"", "null"), "callId"),
                bad(BILL.replace("\"callId\":\"call-1\",", ""), "callId"),
                bad(BILL.replace("{\"phone\":\"5550100\"}", "\"5550100\""), "vendor"),
                bad(BILL.replace("{\"phone\":\"5550100\"}", "null"), "vendor"),
                bad(BILL.replace(",\"vendor\":{\"phone\":\"5550100\"}", ""), "vendor"),
                bad(BILL.replace("19", "\"5550100\""), "talkSeconds"),
                bad(BILL.replace("19", "19.5"), "talkSeconds"),
                bad(BILL.replace("true", "\"true\""), "answered"),
                bad(BILL.replace("true", "1"), "answered"),
                bad(BILL.replace("10001", "{}"), "hangup.causeCode"),
                bad(BILL.replace("{\"causeCode\":10001}", "5550100"), "hangup"),
                bad(BILL.replace("\"2021-02-09T02:00:16.250Z\"", "1612836016"), "receivedAt"),
                bad(BILL.replace("2021-02-09T02:00:16.250Z", "5550100"), "receivedAt"),
                bad(BILL.replace("\"answered\"", "\"direction\":\"sideways\",\"answered\""), "direction"),
                bad(BILL.replace("\"answered\"", "\"direction\":1,\"answered\""), "direction"),
                bad(BILL.replace("\"answered\"", "\"warnings\":[1],\"answered\""), "warnings"),
                arguments(
                        EventKind.RING.type(),
                        RING.replace("\"ring\"", "\"answer\""),
                        Unreadable.Reason.MALFORMED,
                        "kind"),
                bad(BILL.replace("\"bill\"", "\"ring\""), "shape"),
                bad(BILL.replace("\"bill\"", "[7]"), "kind"),
                bad(BILL.replace("\"kind\":\"bill\",", ""), "kind"),
                arguments("a\nb", BILL, Unreadable.Reason.UNKNOWN_TYPE, "no name"),
                arguments(
                        EventKind.RING.type(),
                        RING.replace("\"ring\"", "\"bill\""),
                        Unreadable.Reason.MALFORMED,
                        "shape"));
    }

    private static Arguments bad(String bill, String explanation) {
        return arguments(EventKind.BILL.type(), bill, Unreadable.Reason.MALFORMED, explanation);
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void whatIsNoEventIsAValueThatSaysWhy(String type, String text, Unreadable.Reason reason, String explanation) {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        assertThat(EventJson.read(type, value)).isInstanceOfSatisfying(Unreadable.class, unreadable -> {
            assertThat(unreadable.reason()).isEqualTo(reason);
            assertThat(unreadable.explanation()).contains(explanation).doesNotContain("5550100");
            assertThat(unreadable.value()).isEqualTo(value);
        });
    }

    @Test
    void bytesThatAreNoTextAreAValueToo() {
        byte[] value = {(byte) 0xff, 0, (byte) 0xfe, '{'};
        assertThat(EventJson.read(EventKind.BILL.type(), value))
                .isInstanceOfSatisfying(Unreadable.class, unreadable -> {
                    assertThat(unreadable.reason()).isEqualTo(Unreadable.Reason.MALFORMED);
                    assertThat(unreadable.value()).isEqualTo(value);
                });
    }

    private static Reading read(EventKind kind, String json) {
        return EventJson.read(kind.type(), json.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(Event event) {
        return new String(EventJson.bytes(event), StandardCharsets.UTF_8);
    }
}
