package io.callstream.console.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.console.calls.CallRow;
import io.callstream.schemas.CallState;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallExportTest {

    private static CallRow call(String id) {
        return new CallRow(
                id,
                1,
                CallState.State.BILLED,
                "a,\"b\"",
                null,
                "=1+1",
                "5550100",
                false,
                3L,
                0L,
                "busy",
                true,
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                0,
                0);
    }

    @Test
    void csvIsQuotedAndHasNoFormulas() {
        assertThat(CallExport.csv(List.of(call("@call"))))
                .isEqualTo(
                        "callId,updatedAt,state,company,agent,extension,customer,waitSeconds,talkSeconds,outcome\r\n"
                                + "'@call,1970-01-01T00:00:00Z,billed,\"a,\"\"b\"\"\",,'=1+1,••••100,3,0,\"not answered: busy, incomplete\"\r\n");
    }

    @Test
    void jsonHasTheSame() {
        assertThat(CallExport.json(List.of(call("c"))))
                .contains("\"callId\":\"c\"", "\"customer\":\"••••100\"", "\"agent\":null")
                .doesNotContain("5550100");
    }
}
