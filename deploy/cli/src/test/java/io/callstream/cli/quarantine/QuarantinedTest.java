package io.callstream.cli.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callstream.cli.Fault;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuarantinedTest {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data; boundary=x";

    private static Quarantined record(String value, String... headers) {
        Map<String, String> named = new LinkedHashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            named.put(headers[i], headers[i + 1]);
        }
        return new Quarantined(named, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String body(Posting posting) {
        return new String(posting.body(), StandardCharsets.UTF_8);
    }

    private static String item(String value, String charset) {
        return "--callstream-0\r\nContent-Disposition: form-data; name=\"detail\"\r\nContent-Type: text/plain; charset="
                + charset + "\r\n\r\n" + value + "\r\n--callstream-0--\r\n";
    }

    @Test
    void anItemGoesIntoAFormInItsCharset() {
        byte[] bytes = "{\"memberid\":\"张三\"}".getBytes(Charset.forName("GBK"));
        Quarantined item = new Quarantined(
                Map.of(
                        "callstream-charset",
                        "GBK",
                        "content-type",
                        FORM,
                        "content-encoding",
                        "utf8",
                        "callstream-query",
                        "a"),
                bytes);
        Posting posting = item.again();
        assertThat(posting.query()).isEmpty();
        assertThat(posting.headers())
                .containsExactly(Map.entry("Content-Type", "multipart/form-data; boundary=callstream-0"));
        assertThat(new String(posting.body(), Charset.forName("GBK"))).isEqualTo(item("{\"memberid\":\"张三\"}", "GBK"));
        assertThat(item.text()).isEqualTo("{\"memberid\":\"张三\"}");
    }

    @Test
    void theBoundaryIsNotInTheItem() {
        Posting posting = record("--callstream-0--\r\n--callstream-1", "callstream-charset", "UTF-8")
                .again();
        assertThat(posting.headers()).containsEntry("Content-Type", "multipart/form-data; boundary=callstream-2");
        assertThat(body(posting)).startsWith("--callstream-2\r\n").endsWith("\r\n--callstream-2--\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UTF-8\r\nX: y", "UTF-8; boundary=z", "UTF 8", "\u001b[2J"})
    void aCharsetIsNothingButAName(String charset) {
        assertThatThrownBy(() -> record("{}", "callstream-charset", charset).again())
                .isInstanceOf(Fault.class)
                .hasMessageContaining("--edited");
    }

    @Test
    void aRecordWithoutItsNumbersIsNotSentAgain() {
        String event = """
                {"callId":"c","kind":"ring","receivedAt":"2026-01-01T00:00:00Z","leg":{"side":"A"},"vendor":{}}""";
        for (Quarantined record : new Quarantined[] {
            record("{\"callee\":\"###\"", "callstream-charset", "UTF-8", "callstream-masked", "true"),
            record(event, "callstream-reason", "refused-by-kafka", "ce_type", "io.callstream.call.ring.v1")
        }) {
            assertThatThrownBy(record::again).isInstanceOf(Fault.class).hasMessageContaining("--edited");
        }
    }

    @Test
    void aWholeBodyGoesWithItsHeaders() {
        Posting posting = record("a=b", "content-type", FORM, "content-encoding", "gzip", "callstream-query", "x={y}")
                .again();
        assertThat(body(posting)).isEqualTo("a=b");
        assertThat(posting.headers())
                .containsOnly(Map.entry("content-type", FORM), Map.entry("content-encoding", "gzip"));
        assertThat(posting.query()).isEqualTo("?x=%7By%7D");
        assertThat(record("a=b").again().headers()).isEmpty();
        assertThat(record("a=b").again().query()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a=%7B&b=/?:@!$'()*+;~,     '?a=%7B&b=/?:@!$''()*+;~'",
        "'a b#c\"<>[]|^`\\',        ?a%20b%23c%22%3C%3E%5B%5D%7C%5E%60%5C",
        "%zz%4,                     ?%25zz%254",
        "ä😀,                       ?%C3%A4%F0%9F%98%80"
    })
    void aQueryIsKeptOrEncoded(String query, String sent) {
        assertThat(record("", "callstream-query", query).again().query()).isEqualTo(sent);
    }

    @Test
    void aQueryEndsNoLine() {
        assertThat(record("", "callstream-query", "a\r\nHost: evil\u0000\u0085")
                        .again()
                        .query())
                .isEqualTo("?a%0D%0AHost:%20evil%00%C2%85");
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-type", "content-encoding"})
    void aHeaderEndsNoLine(String name) {
        assertThatThrownBy(() -> record("", name, "a/b\r\nX: y").again())
                .isInstanceOf(Fault.class)
                .hasMessageContaining(name)
                .hasMessageContaining("--edited");
    }

    @Test
    void anEventThatKafkaRejectedIsItsCallback() {
        String event =
                "{\"callId\":\"c\",\"kind\":\"ring\",\"receivedAt\":\"2026-01-01T00:00:00Z\",\"leg\":{\"side\":\"A\"},\"vendor\":{\"uuid\":\"c\",\"n\": 1.50}}";
        Posting posting = record(event, "callstream-reason", "refused-by-kafka", "content-type", "application/json")
                .again();
        assertThat(body(posting)).isEqualTo(item("{\"uuid\":\"c\",\"n\": 1.50}", "UTF-8"));
        assertThatThrownBy(() -> record("nonsense", "callstream-reason", "refused-by-kafka")
                        .again())
                .isInstanceOf(Fault.class)
                .hasMessageContaining("--edited");
    }

    /** Each row is a record of an early gateway, which wrote no charset. */
    @ParameterizedTest
    @CsvSource({
        MULTIPART + ", no-call-id, {\"billsec\":77}",
        MULTIPART + ", not-json, nonsense",
        MULTIPART + ", not-json, {\"a\":\"--\"",
        FORM + ", not-json, nonsense",
    })
    void anOldItemOfAFormGoesIntoAForm(String type, String reason, String value) {
        Posting posting =
                record(value, "content-type", type, "callstream-reason", reason).again();
        assertThat(body(posting)).isEqualTo(item(value, "UTF-8"));
    }

    @ParameterizedTest
    @CsvSource({
        MULTIPART + ", no-call-id, --x y --x--",
        MULTIPART + ", malformed-form, nonsense",
        FORM + ", no-call-id, a=b",
        FORM + ", malformed-form, %zz",
        FORM + ", no-call-id, {\"billsec\":77}",
        FORM + ", not-json, [1",
        "application/json, not-json, nonsense",
        "text/plain, unsupported-media-type, nonsense",
    })
    void aWholeBodyGoesAsItCame(String type, String reason, String value) {
        Posting posting =
                record(value, "content-type", type, "callstream-reason", reason).again();
        assertThat(body(posting)).isEqualTo(value);
        assertThat(posting.headers()).containsExactly(Map.entry("content-type", type));
    }
}
