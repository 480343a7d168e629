package io.callstream.timeline.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.callstream.schemas.CallState;
import io.callstream.schemas.EventKind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that earlier releases have written. The changelog has them after an upgrade. */
class CallFormatTest {

    private static byte[] row(String name) throws IOException {
        try (InputStream file = CallFormatTest.class.getResourceAsStream("/rows/" + name + ".hex")) {
            return HexFormat.of()
                    .parseHex(new String(Objects.requireNonNull(file).readAllBytes(), UTF_8).strip());
        }
    }

    @ParameterizedTest
    @CsvSource({"v1-billed,", "v2-billed,acme"})
    void aBilledCallOfAnEarlierVersionIsRead(String name, @Nullable String tenant) throws IOException {
        Call call = CallFormat.call("call", row(name));
        CallState state = call.state();
        assertThat(state.sequence()).isEqualTo(3);
        assertThat(state.state()).isEqualTo(CallState.State.BILLED);
        assertThat(state.companyCode()).isEqualTo("2028");
        assertThat(state.startedAt()).isEqualTo(Instant.parse("2026-11-02T08:59:03.001Z"));
        assertThat(state.customer()).isEqualTo("5550100");
        assertThat(state.recording().fileName()).isEqualTo("file-1.mp3");
        assertThat(state.missing()).isEqualTo(List.of("answer"));
        assertThat(state.repeats()).isEqualTo(1);
        assertThat(call.tenant).isEqualTo(tenant);
        assertThat(CallFormat.call("call", CallFormat.bytes(call)).state()).isEqualTo(state);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1-waiting", "v2-waiting"})
    void anEventThatWaitsInARowOfAnEarlierVersionIsRead(String name) throws IOException {
        Call call = CallFormat.call("x", row(name));
        assertThat(call.held()).isEqualTo(1);
        assertThat(call.held.get(0).arrival().kind()).isEqualTo(EventKind.ANSWER);
    }

    /** Numbers, words, UUIDs and what only looks like one of them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "00",
                "007",
                "7",
                "5550100",
                "999999999999999999",
                "1000000000000000000",
                "99999999999999999999",
                "-1",
                "+49",
                "٣٤",
                "1.0",
                "normal",
                "Normal",
                "callee hung up",
                "unspecified",
                "9c586ac8-6aad-11eb-a1b3-5107cdf1d50a",
                "9C586AC8-6AAD-11EB-A1B3-5107CDF1D50A",
                "läuft",
                "a b"
            })
    void aTextComesBackAsItWas(String text) {
        Call call = new Call("call");
        call.customer = text;
        assertThat(CallFormat.call("call", CallFormat.bytes(call)).customer).isEqualTo(text);
    }

    @Test
    void aBilledCallTakesFewBytes() throws IOException {
        Call call = CallFormat.call("call", row("v2-billed"));
        assertThat(CallFormat.bytes(call)).hasSizeLessThan(row("v2-billed").length - 30);
    }

    @Test
    void whatComesBackIsWhatWasWritten() {
        Call call = new Call("call");
        call.lastAt = 1000;
        call.tenant = "acme";
        call.companyCode = "2028";
        assertThat(CallFormat.call("call", CallFormat.bytes(call)).tenant).isEqualTo("acme");
    }

    @Test
    void aRowOfANewerReleaseIsRefusedWithTheReason() throws IOException {
        byte[] row = row("v1-billed");
        row[0] = 77;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallFormat.call("call", row))
                .withMessageContaining("a newer release has written it");
    }
}
