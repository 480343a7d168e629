package io.callstream.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.cli.Hostile;
import io.callstream.cli.Screen;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.EventJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTableTest {

    private static CallEvent bill(String call, String company, String extension, String cause) {
        String json = """
                {"callId":"%s","kind":"bill","receivedAt":"2026-01-01T00:00:00Z","companyCode":"%s","extension":"%s",\
                "answered":true,"talkSeconds":7,"hangup":{"cause":"%s"},"vendor":{"uuid":"x"}}""".formatted(call, company, extension, cause);
        return (CallEvent) EventJson.read(null, json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void noFieldOfAnEventIsObeyed(int field) {
        String[] fields = {"call", "company", "extension", "cause"};
        fields[field] = Hostile.IN_JSON;
        CallTable table = new CallTable();
        table.take(bill(fields[0], fields[1], fields[2], fields[3]));
        String rows = String.join("\n", table.rows(new Screen.Size(1000, 30), Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(rows).contains("\\u001b[2J");
        Hostile.assertPlain(rows);
    }

    @Test
    void aRowIsNoWiderThanTheScreen() {
        CallTable table = new CallTable();
        table.take(bill(Hostile.IN_JSON, Hostile.IN_JSON, Hostile.IN_JSON, Hostile.IN_JSON));
        assertThat(table.rows(new Screen.Size(100, 30), Instant.EPOCH).get(2)).hasSize(100);
    }
}
