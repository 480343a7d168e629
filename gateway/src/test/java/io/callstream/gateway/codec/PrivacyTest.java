package io.callstream.gateway.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.codec.Outcome.Decoded;
import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.codec.Privacy.Numbers;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.schemas.BillEvent;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.StatusEvent;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No phone number remains where it is to be masked, and everything else of a callback does. */
class PrivacyTest {

    private static final String KEY = "a-key-of-32-characters-for-tests";
    private static final Privacy MASK = new Privacy(false, Numbers.MASK, null, true);
    private static final Privacy PSEUDONYM = new Privacy(false, Numbers.PSEUDONYM, KEY, false);
    private static final CallbackDecoder DECODER = new CallbackDecoder(ZoneOffset.UTC);

    private static final String RING = """
            {"uuid":"c-89683227899","status":"ring","companycode":"2028","extnumber":"20280005","caller":"20280005",
             "callee":"89683227899","disnumber":"2120280001","method":"x9968322789933"}""";

    private static final String BILL = """
            {"uuid":"b-1","callmethod":5,"billsec":3,"extnumber":"20280005","destnumber":"89683227899",
             "disnumber":"+212028","recordfilename":"2028_89683227899_b-1.wav","downloadip":"10.0.0.1","crmid":"17",
             "memberid":"m 89683227899","userkey":"3"}""";

    private static Decoded decoded(String callback) {
        return (Decoded) DECODER.decode(callback, Instant.EPOCH);
    }

    private static StatusEvent ring(Privacy privacy) {
        return (StatusEvent) privacy.applied(decoded(RING)).event();
    }

    private static BillEvent bill(Privacy privacy) {
        return (BillEvent) privacy.applied(decoded(BILL)).event();
    }

    @Test
    void aMaskShowsTheLastFourOfALongNumber() {
        StatusEvent ring = ring(MASK);
        assertThat(ring.callee()).isEqualTo("*******7899");
        assertThat(ring.displayNumber()).isEqualTo("******0001");
        assertThat(bill(MASK).displayNumber()).isEqualTo("*******");
    }

    @Test
    void theExtensionAndTheIdsStay() {
        StatusEvent ring = ring(MASK);
        assertThat(ring.caller()).isEqualTo("20280005").isEqualTo(ring.extension());
        assertThat(ring.callId()).isEqualTo("c-89683227899");
        assertThat(MASK.applied(decoded(RING)).id()).isEqualTo(decoded(RING).id());
    }

    @Test
    void numbersWithinOtherTextsAreReplacedToo() {
        BillEvent bill = bill(MASK);
        assertThat(bill.recording()).extracting(BillEvent.Recording::fileName).isEqualTo("2028_*******7899_b-1.wav");
        assertThat(bill.recording()).extracting(BillEvent.Recording::host).isEqualTo("10.0.0.1");
        assertThat(bill.custom()).extracting(BillEvent.Custom::memberId).isEqualTo("m *******7899");
        assertThat(bill.userKey()).isEqualTo("3");
        assertThat(bill.agentId()).isEqualTo("17");
        assertThat(bill.vendor().text()).isEqualTo("{}");
        assertThat(ring(MASK).warnings()).isNotNull().noneMatch(warning -> warning.contains("9968322789933"));
    }

    /** The value is RFC 2104's: {@code printf 89683227899 | openssl dgst -sha256 -hmac KEY -binary | base64}. */
    @Test
    void aPseudonymIsTheSameInEveryEventAndDependsOnTheKey() {
        assertThat(ring(PSEUDONYM).callee())
                .isEqualTo("hmac-w0h4WSqsCfske40Pw84CIQ")
                .isEqualTo(bill(PSEUDONYM).destination())
                .isNotEqualTo(ring(new Privacy(false, Numbers.PSEUDONYM, KEY + "2", false))
                        .callee());
        assertThat(ring(PSEUDONYM).vendor().text()).isEqualTo("{}");
    }

    @Test
    void onlyTheVendorCopyIsDroppedIfThatIsAllThatIsSet() {
        Privacy privacy = new Privacy(true, Numbers.KEEP, null, false);
        assertThat(ring(privacy).callee()).isEqualTo("89683227899");
        assertThat(ring(privacy).vendor().text()).isEqualTo("{}");
        assertThat(Privacy.NONE.applied(decoded(RING))).isEqualTo(decoded(RING));
    }

    @Property
    void noNumberOfABillRemains(
            @ForAll @NumericChars @StringLength(min = 7, max = 20) String number,
            @ForAll @NumericChars @StringLength(min = 7, max = 20) String display) {
        String callback = BILL.replace("89683227899", number).replace("+212028", display);
        for (Privacy privacy : new Privacy[] {MASK, PSEUDONYM}) {
            String event = new String(
                    EventJson.bytes(privacy.applied(decoded(callback)).event()), StandardCharsets.UTF_8);
            assertThat(event).doesNotContain(number).doesNotContain(display);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32", "GBK", "ISO-8859-1"})
    void quarantinedBytesContainNoDigits(String charset) {
        Charset of = Charset.forName(charset);
        JournalRecord record = quarantined("{\"callee\":\"89683227899\"", of, null);
        assertThat(new String(record.value(), of)).isEqualTo("{\"callee\":\"###########\"");
        assertThat(headers(record))
                .containsEntry("callstream-masked", "true")
                .containsEntry("callstream-query", "detail=***********")
                .containsEntry("callstream-explanation", "It has \"***********\".");
    }

    @Test
    void fullWidthDigitsAreDigitsAndEncodedBytesAreLeftOut() {
        assertThat(new String(quarantined("８９６x", StandardCharsets.UTF_8, null).value(), StandardCharsets.UTF_8))
                .isEqualTo("＊＊＊x");
        assertThat(quarantined("\u001f\u008b", StandardCharsets.ISO_8859_1, "gzip")
                        .value())
                .isEmpty();
    }

    private static JournalRecord quarantined(String text, Charset charset, @Nullable String encoding) {
        return QuarantineRecord.of(
                new Rejection(Rejection.Reason.NOT_JSON, "It has \"89683227899\"."),
                text.getBytes(charset),
                charset,
                new Reception(Instant.EPOCH, "/callbacks", "acme", "text/plain", encoding, "detail=89683227899"),
                MASK,
                "id");
    }

    private static Map<String, String> headers(JournalRecord record) {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .collect(Collectors.toMap(
                        header -> header.key(), header -> new String(header.value(), StandardCharsets.UTF_8)));
    }
}
