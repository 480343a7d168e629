package io.callstream.console.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callstream.schemas.CallState;
import io.callstream.schemas.Topics;
import io.callstream.schemas.kafka.CallStateDeserializer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateReaderTest {

    private static final String WHOLE = """
            {"callId":"c-1","companyCode":"2027","state":"billed","complete":true,"direction":"outbound",
            "method":{"code":5,"name":"predictive"},"startedAt":"2026-02-09T02:00:03Z","ringingAt":"2026-02-09T02:00:04Z",
            "answeredAt":"2026-02-09T02:00:05.250Z","endedAt":"2026-02-09T02:00:09Z","answered":true,"waitSeconds":2,
            "talkSeconds":4,"customer":"5550100","displayNumber":"5550000","extension":"20280005","agentId":"7",
            "hangup":{"directionCode":1,"causeCode":16,"cause":"normal"},"recording":{"fileName":"a.mp3"},
            "custom":{"callId":"not this one","state":{"sequence":9}},
            "legs":[{"side":"A","id":"l-1","ringReceivedAt":"2026-02-09T02:00:04.100Z",
            "hangupReceivedAt":"2026-02-09T02:00:09.100Z"},{"side":"B","answerReceivedAt":"2026-02-09T02:00:04.099Z"}],
            "bills":1,"missing":["answer"],"late":1,"repeats":2,"sequence":5,"updatedAt":"2026-02-09T02:00:10.500Z",
            "newer":{"updatedAt":"2030-01-01T00:00:00Z","legs":[{"ringReceivedAt":"2001-01-01T00:00:00Z"}]}}""";

    private static final String LEAST =
            "{\"callId\":\"c\",\"state\":\"ringing\",\"complete\":false,\"sequence\":1,\"updatedAt\":\"2026-02-09T02:00:10Z\"}";

    private static CallRow read(String json) {
        return StateReader.read(json.getBytes(StandardCharsets.UTF_8), 3, 9);
    }

    /** The contract's own reader decides what is a state. */
    private static CallState state(String json) {
        return new CallStateDeserializer().deserialize(Topics.STATE, json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, LEAST})
    void itReadsWhatTheContractsReaderReads(String json) {
        CallRow row = read(json);
        CallState state = state(json);
        assertThat(row.id()).isEqualTo(state.callId());
        assertThat(row.sequence()).isEqualTo(state.sequence());
        assertThat(row.state()).isEqualTo(state.state());
        assertThat(row.company()).isEqualTo(state.companyCode());
        assertThat(row.agent()).isEqualTo(state.agentId());
        assertThat(row.extension()).isEqualTo(state.extension());
        assertThat(row.customer()).isEqualTo(state.customer());
        assertThat(row.answered()).isEqualTo(state.answered());
        assertThat(row.waitSeconds()).isEqualTo(state.waitSeconds());
        assertThat(row.talkSeconds()).isEqualTo(state.talkSeconds());
        assertThat(row.isIncomplete()).isEqualTo(state.missing() != null);
        assertThat(row.startedAt()).isEqualTo(state.startedAt());
        assertThat(row.updatedAt()).isEqualTo(state.updatedAt());
        assertThat(row.partition()).isEqualTo(3);
        assertThat(row.offset()).isEqualTo(9);
    }

    @Test
    void theFirstTimeIsThatOfTheFirstStatusOrOfTheOnlyEvent() {
        assertThat(read(WHOLE).firstReceivedAt()).isEqualTo(Instant.parse("2026-02-09T02:00:04.099Z"));
        assertThat(read(LEAST).firstReceivedAt()).isEqualTo(Instant.parse("2026-02-09T02:00:10Z"));
    }

    @Test
    void aCauseWithoutAWordIsItsCode() {
        assertThat(read(WHOLE).hangup()).isEqualTo("normal");
        assertThat(read(WHOLE.replace(",\"cause\":\"normal\"", "")).hangup()).isEqualTo("16");
        assertThat(read(LEAST).hangup()).isNull();
    }

    @Test
    void aLongTextIsCut() {
        String long60k = "9".repeat(60_000);
        assertThat(read(WHOLE.replace("5550100", long60k)).customer()).isEqualTo("9".repeat(64));
        assertThat(read(WHOLE.replace("newer", long60k))).isEqualTo(read(WHOLE));
    }

    @Test
    void aNullIsAsGoodAsNothing() {
        assertThat(read(LEAST.replace("}", ",\"legs\":null,\"customer\":null,\"answered\":null}")))
                .isEqualTo(read(LEAST));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"callId\":\"c\"",
                "{\"callId\":7,\"state\":\"ringing\",\"sequence\":1,\"updatedAt\":\"2026-02-09T02:00:10Z\"}",
                "{\"callId\":\"c\",\"state\":\"parked\",\"sequence\":1,\"updatedAt\":\"2026-02-09T02:00:10Z\"}",
                "{\"callId\":\"c\",\"state\":\"ringing\",\"sequence\":\"1\",\"updatedAt\":\"2026-02-09T02:00:10Z\"}",
                "{\"callId\":\"c\",\"state\":\"ringing\",\"sequence\":1,\"updatedAt\":\"yesterday\"}",
                "{\"callId\":\"c\",\"state\":\"ringing\",\"sequence\":1,\"updatedAt\":\"2026-02-09T02:00:10Z\",\"hangup\":[]}"
            })
    void whatIsNoStateIsAFault(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> state(json)).isInstanceOf(SerializationException.class);
    }
}
