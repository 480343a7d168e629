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
import org.junit.jupiter.api.Test;

/** Rows that earlier releases have written. The changelog has them after an upgrade. */
class CallFormatTest {

    private static byte[] row(String name) throws IOException {
        try (InputStream file = CallFormatTest.class.getResourceAsStream("/rows/" + name + ".hex")) {
            return HexFormat.of()
                    .parseHex(new String(Objects.requireNonNull(file).readAllBytes(), UTF_8).strip());
        }
    }

    @Test
    void aBilledCallOfVersion1IsRead() throws IOException {
        Call call = CallFormat.call("call", row("v1-billed"));
        CallState state = call.state();
        assertThat(state.sequence()).isEqualTo(3);
        assertThat(state.state()).isEqualTo(CallState.State.BILLED);
        assertThat(state.companyCode()).isEqualTo("2028");
        assertThat(state.startedAt()).isEqualTo(Instant.parse("2026-11-02T08:59:03.001Z"));
        assertThat(state.customer()).isEqualTo("5550100");
        assertThat(state.recording().fileName()).isEqualTo("file-1.mp3");
        assertThat(state.missing()).isEqualTo(List.of("answer"));
        assertThat(state.repeats()).isEqualTo(1);
        assertThat(call.tenant).isNull();
        assertThat(CallFormat.call("call", CallFormat.bytes(call)).state()).isEqualTo(state);
    }

    @Test
    void anEventThatWaitsInARowOfVersion1IsRead() throws IOException {
        Call call = CallFormat.call("x", row("v1-waiting"));
        assertThat(call.held()).isEqualTo(1);
        assertThat(call.held.get(0).arrival().kind()).isEqualTo(EventKind.ANSWER);
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
