package io.callstream.dialler;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.dialler.Witness.Answer;
import io.callstream.schemas.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final String RING = "{\"status\":\"ring\"}";
    private static final String ANSWER = "{\"status\":\"answer\"}";
    private static final String HANGUP = "{\"status\":\"hangup\"}";

    private final Ledger ledger = new Ledger();
    private int offset;

    private void post(String arrives, Answer answer) {
        ledger.sent("call", arrives);
        ledger.answered("call", answer);
    }

    private void arrives(String vendor, String origin, int partition) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "calls.events", partition, offset++, utf8("call"), utf8("{\"kind\":\"x\",\"vendor\":" + vendor + "}"));
        record.headers().add(Headers.ORIGIN, utf8(origin));
        ledger.take(record);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void postAll() {
        post(RING, Answer.ACCEPTED);
        post(ANSWER, Answer.ACCEPTED);
        post(HANGUP, Answer.ACCEPTED);
    }

    @Test
    void whatWasAcceptedIsThereInOrder() {
        postAll();
        arrives(RING, "a:0", 1);
        arrives(ANSWER, "a:1", 1);
        arrives(HANGUP, "a:2", 1);
        assertThat(ledger.verdict()).isEqualTo(new Ledger.Verdict(3, 3, 0, 0, 0, 0, 0, List.of()));
        assertThat(ledger.verdict().isClean()).isTrue();
    }

    @Test
    void aCallbackThatIsMissingIsLost() {
        postAll();
        arrives(RING, "a:0", 1);
        arrives(HANGUP, "a:2", 1);
        assertThat(ledger.verdict().lost()).isEqualTo(1);
        assertThat(ledger.callsWithLoss()).containsExactly("call");
    }

    @Test
    void twoThatChangedPlacesAreOutOfOrder() {
        postAll();
        arrives(ANSWER, "a:1", 1);
        arrives(RING, "a:0", 1);
        arrives(HANGUP, "a:2", 1);
        assertThat(ledger.verdict().outOfOrder()).isEqualTo(1);
        assertThat(ledger.verdict().lost()).isZero();
    }

    @Test
    void aRepeatUnderTheSameOriginIsNoFault() {
        postAll();
        arrives(RING, "a:0", 1);
        arrives(ANSWER, "a:1", 1);
        arrives(RING, "a:0", 1);
        arrives(ANSWER, "a:1", 1);
        arrives(HANGUP, "a:2", 1);
        assertThat(ledger.verdict().isClean()).isTrue();
        assertThat(ledger.repeats()).isEqualTo(2);
    }

    @Test
    void aRepeatUnderAnotherOriginAndWhatWasAlteredAreSpurious() {
        postAll();
        arrives(RING, "a:0", 1);
        arrives(RING, "a:9", 1);
        arrives(ANSWER, "a:1", 1);
        arrives("{\"status\":\"altered\"}", "a:2", 1);
        assertThat(ledger.verdict().spurious()).isEqualTo(2);
        assertThat(ledger.verdict().lost()).isEqualTo(1);
    }

    @Test
    void aCallInTwoPartitionsIsScattered() {
        postAll();
        arrives(RING, "a:0", 1);
        arrives(ANSWER, "a:1", 2);
        arrives(HANGUP, "a:2", 1);
        assertThat(ledger.verdict().scattered()).isEqualTo(1);
    }

    @Test
    void whatNobodyKnowsOfMayBeThereAndWhatWasRefusedMayNot() {
        post(RING, Answer.UNKNOWN);
        post(ANSWER, Answer.ACCEPTED);
        post(HANGUP, Answer.REFUSED);
        arrives(ANSWER, "a:1", 1);
        assertThat(ledger.verdict().isClean()).isTrue();
        arrives(RING, "a:0", 1);
        assertThat(ledger.verdict().isClean()).isTrue();
        arrives(HANGUP, "a:2", 1);
        assertThat(ledger.verdict().spurious()).isEqualTo(1);
    }
}
