package io.callstream.dialler;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.dialler.Witness.Answer;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimelineLedgerTest {

    private final Ledger ledger = new Ledger();
    private final TimelineLedger timeline = new TimelineLedger(ledger);

    @BeforeEach
    void post() {
        for (String kind : new String[] {"ring", "answer", "hangup"}) {
            ledger.sent("call", vendor(kind));
            ledger.answered("call", Answer.ACCEPTED);
        }
        // The same callback again.
        ledger.sent("call", vendor("ring"));
        ledger.answered("call", Answer.ACCEPTED);
    }

    private static String vendor(String kind) {
        return "{\"status\":\"" + kind + "\"}";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void arrives(String kind, String place) {
        String value =
                "{\"callId\":\"call\",\"kind\":\"%s\",\"receivedAt\":\"2026-11-02T09:00:00Z\",\"leg\":{\"id\":\"l\",\"side\":\"A\"},\"vendor\":%s,\"timeline\":{%s}}"
                        .formatted(kind, vendor(kind), place);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(Topics.TIMELINE, 0, 0, utf8("call"), utf8(value));
        record.headers().add(Headers.CE_TYPE, utf8("io.callstream.call." + kind + ".v1"));
        timeline.take(record);
    }

    @Test
    void eachDifferentCallbackOnceInOrderIsClean() {
        arrives("ring", "\"sequence\":1");
        arrives("hangup", "\"sequence\":2,\"missing\":[\"answer\"]");
        arrives("answer", "\"sequence\":3,\"late\":true");
        TimelineLedger.Verdict verdict = timeline.verdict();
        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
        assertThat(verdict.expected()).isEqualTo(3);
        assertThat(verdict.late()).isEqualTo(1);
        assertThat(verdict.missing()).isEqualTo(1);
    }

    @Test
    void whatIsNotThereIsLost() {
        arrives("ring", "\"sequence\":1");
        arrives("hangup", "\"sequence\":2");
        assertThat(timeline.verdict().lost()).isEqualTo(1);
        assertThat(timeline.verdict().examples()).hasSize(1);
    }

    @Test
    void whatIsThereTwiceOrWasNotSentIsFound() {
        arrives("ring", "\"sequence\":1");
        arrives("ring", "\"sequence\":2");
        arrives("bill", "\"sequence\":3");
        assertThat(timeline.verdict().twice()).isEqualTo(1);
        assertThat(timeline.verdict().spurious()).isEqualTo(1);
    }

    @Test
    void aPlaceThatIsNotSaidToBeLateIsOutOfOrder() {
        arrives("ring", "\"sequence\":1");
        arrives("hangup", "\"sequence\":2");
        arrives("answer", "\"sequence\":3");
        assertThat(timeline.verdict().outOfOrder()).isEqualTo(1);
    }

    @Test
    void anEventThatIsFalselySaidToBeLateIsAFault() {
        arrives("ring", "\"sequence\":1");
        arrives("answer", "\"sequence\":2,\"late\":true");
        arrives("hangup", "\"sequence\":3");
        assertThat(timeline.verdict().outOfOrder()).isEqualTo(1);
    }

    @Test
    void aMissingNumberIsAGap() {
        arrives("ring", "\"sequence\":1");
        arrives("answer", "\"sequence\":2");
        arrives("hangup", "\"sequence\":4");
        assertThat(timeline.verdict().gaps()).isEqualTo(1);
    }
}
