package io.callstream.gateway.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.callstream.gateway.codec.Outcome.Rejection.Reason;
import io.callstream.gateway.codec.Reception;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackBodyTest {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data; boundary=xx";
    private static final String TEXT = "{\"uuid\":\"u-1\",\"customuuid\":\"a&b=c+d%20\u00e9\u4e2d\"}";

    static Stream<Arguments> forms() {
        return Stream.of(
                arguments("urlencoded", FORM, "detail=" + URLEncoder.encode(TEXT, UTF_8)),
                arguments("urlencoded, among others", FORM, "a=1&detail=" + URLEncoder.encode(TEXT, UTF_8) + "&b&&=x"),
                arguments("urlencoded, escaped name", FORM, "de%74ail=" + URLEncoder.encode(TEXT, UTF_8)),
                arguments("urlencoded, name in another case", FORM, "Detail=" + URLEncoder.encode(TEXT, UTF_8)),
                arguments(
                        "type in another case",
                        "Application/X-WWW-Form-Urlencoded",
                        "detail=" + URLEncoder.encode(TEXT, UTF_8)),
                arguments("raw JSON", "application/json", TEXT),
                arguments("raw JSON, charset said", "application/json; charset=\"utf-8\"", TEXT),
                arguments("raw JSON, of another type", "application/vnd.dialler+json", TEXT),
                arguments("raw JSON, said to be a form", FORM, TEXT),
                arguments("raw JSON, said to be nothing", null, TEXT),
                arguments("array of one", "application/json", "\uFEFF[ " + TEXT + " ]\n"),
                arguments("multipart", MULTIPART, multipart("Content-Disposition: form-data; name=\"detail\"")),
                arguments("multipart, unquoted", MULTIPART, multipart("content-disposition:form-data;name=detail")),
                arguments(
                        "multipart, quoted boundary",
                        "multipart/form-data; boundary=\"xx\"",
                        multipart("Content-Disposition: form-data; name=detail")),
                arguments(
                        "multipart, own type",
                        MULTIPART,
                        multipart("Content-Type: application/json\r\nContent-Disposition: form-data; name=\"detail\"")),
                arguments(
                        "multipart, own charset",
                        MULTIPART,
                        multipart(
                                "Content-Disposition: form-data; name=\"detail\"\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit")),
                arguments(
                        "multipart, file name",
                        MULTIPART,
                        multipart("Content-Disposition: form-data; name=\"detail\"; filename=\"d.json\"")),
                arguments(
                        "multipart, headers that mean nothing",
                        MULTIPART,
                        multipart(
                                "Content-Disposition: form-data; filename=\"; name=\\\"x\\\"\"; name=\"detail\"; filename*=GBK''%81\r\n"
                                        + "Content-Type: nonsense")),
                arguments(
                        "multipart, preamble and epilogue",
                        MULTIPART,
                        "to be ignored\r\n" + multipart("Content-Disposition: form-data; name=\"detail\"")
                                + "\r\nthis too"),
                arguments(
                        "multipart, padding",
                        MULTIPART,
                        multipart("Content-Disposition: form-data; name=\"detail\"")
                                .replace("--xx\r\n", "--xx \t\r\n")),
                arguments(
                        "multipart, among others",
                        MULTIPART,
                        "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n"
                                + multipart("Content-Disposition: form-data; name=\"detail\"")));
    }

    private static String multipart(String headers) {
        return "--xx\r\n" + headers + "\r\n\r\n" + TEXT + "\r\n--xx--\r\n";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forms")
    void everyFormHoldsTheSameText(String form, String contentType, String body) {
        assertThat(texts(contentType, body.getBytes(UTF_8))).containsExactly(TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBM037", "ISO-8859-1", "GBK", "GB18030", "Big5", "UTF-8", "UTF-16LE", "UTF-16"})
    void aFormIsOfTheCharsetThatItDeclares(String name) {
        Charset charset = Charset.forName(name);
        String text =
                charset.newEncoder().canEncode('\u4e2d') ? "{\"uuid\":\"\u4e2d\u6587\"}" : "{\"uuid\":\"\u00e9\"}";

        assertThat(texts(
                        FORM + ";charset=" + name, ("detail=" + URLEncoder.encode(text, charset)).getBytes(ISO_8859_1)))
                .containsExactly(text);
        assertThat(texts("application/json;charset=" + name, text.getBytes(charset)))
                .containsExactly(text);
    }

    @Test
    void escapesMayStopWithinACharacter() {
        // The second byte of this character is ASCII in GBK. PHP does not escape such a byte if it is a letter.
        byte[] twoBytes = "\u4e02".getBytes(Charset.forName("GBK"));
        assertThat((char) twoBytes[1]).isEqualTo('@');
        assertThat(texts(FORM + ";charset=GBK", "detail=%81@".getBytes(ISO_8859_1)))
                .containsExactly("\u4e02");
    }

    @Test
    void aPartsOwnCharsetCounts() {
        byte[] body =
                ("--xx\r\nContent-Disposition: form-data; name=\"detail\"\r\nContent-Type: text/plain;charset=ISO-8859-1"
                                + "\r\n\r\n{\"a\":\"\u00e9\"}\r\n--xx--")
                        .getBytes(ISO_8859_1);
        assertThat(texts(MULTIPART, body)).containsExactly("{\"a\":\"\u00e9\"}");
    }

    @Test
    void aFormWithoutDetailIsTheCallback() {
        String json = "{\"uuid\":\"u 1\",\"say\":\"\\\"\\\\\\n\u00e9\",\"empty\":\"\"}";
        String value = URLEncoder.encode("\"\\\n\u00e9", UTF_8);

        assertThat(texts(FORM, ("uuid=u+1&say=" + value + "&empty=").getBytes(UTF_8)))
                .containsExactly(json);
        assertThat(texts(
                        MULTIPART,
                        ("--xx\r\nContent-Disposition: form-data; name=\"uuid\"\r\n\r\nu 1\r\n"
                                        + "--xx\r\nContent-Disposition: form-data; name=\"say\"\r\n\r\n\"\\\n\u00e9\r\n"
                                        + "--xx\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--xx--")
                                .getBytes(UTF_8)))
                .containsExactly(json);
    }

    @Test
    void aPartWithoutANameIsAFieldWithoutOne() {
        assertThat(texts(MULTIPART, "--xx\r\n\r\n{}\r\n--xx--".getBytes(UTF_8))).containsExactly("{\"\":\"{}\"}");
        assertThat(texts(
                        MULTIPART,
                        "--xx\r\nContent-Disposition: form-data; name=\"\r\n\r\n{}\r\n--xx--".getBytes(UTF_8)))
                .hasSize(1);
    }

    @Test
    void anItemsFaultsAreItsOwn() {
        String deep = "[".repeat(300) + "]".repeat(300);
        String array = " \uFEFF [{\"uuid\":\"a\"}," + deep + ",{\"n\":" + "9".repeat(2000) + "}]";
        assertThat(texts("application/json", array.getBytes(UTF_8))).hasSize(3).contains(deep);
    }

    @Test
    void severalDetailsAreSeveralItemsInOrder() {
        assertThat(texts(FORM, "detail=1&x=y&detail=2&detail=3".getBytes(UTF_8)))
                .containsExactly("1", "2", "3");
        assertThat(texts(
                        MULTIPART,
                        ("--xx\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n1\r\n"
                                        + "--xx\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n2\r\n--xx--")
                                .getBytes(UTF_8)))
                .containsExactly("1", "2");
    }

    @Test
    void anArraysItemsKeepTheirExactBytes() {
        String array = "[ {\"a\" : [1, {}]} ,\"x\\\"]\",1.50, true,null,{\"\u4e2d\":\"\ud83d\ude00\"},[] ]";
        assertThat(texts("application/json", array.getBytes(UTF_8)))
                .containsExactly(
                        "{\"a\" : [1, {}]}",
                        "\"x\\\"]\"",
                        "1.50",
                        "true",
                        "null",
                        "{\"\u4e2d\":\"\ud83d\ude00\"}",
                        "[]");
        List<Item> items = items("application/json", null, array.getBytes(UTF_8));
        assertThat(items.get(5).evidence().bytes()).asString(UTF_8).isEqualTo("{\"\u4e2d\":\"\ud83d\ude00\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{\"a\":1},", "[{\"a\":1}] x", "[{\"a\":1}{\"a\":2}]", "[,]"})
    void anArrayThatIsNotWholeIsOneItem(String array) {
        assertThat(texts("application/json", array.getBytes(UTF_8))).containsExactly(array);
    }

    static Stream<Arguments> unreadable() {
        String part = "--xx\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n{}\r\n--xx--";
        return Stream.of(
                arguments(FORM, "detail=%7", Reason.MALFORMED_FORM),
                arguments(FORM, "detail=%zz", Reason.MALFORMED_FORM),
                arguments(FORM, "%ff=1", Reason.MALFORMED_FORM),
                arguments(FORM, "", Reason.EMPTY),
                arguments(FORM, "&&", Reason.EMPTY),
                arguments(FORM, "detail=%ff", Reason.NOT_TEXT),
                arguments(FORM, "uuid=%ff", Reason.NOT_TEXT),
                arguments("application/json; charset=US-ASCII", "{\"a\":\"\u00e9\"}", Reason.NOT_TEXT),
                arguments("multipart/form-data", part, Reason.MALFORMED_FORM),
                arguments("multipart/form-data; boundary=yy", part, Reason.MALFORMED_FORM),
                arguments(MULTIPART, part.replace("\r\n--xx--", ""), Reason.MALFORMED_FORM),
                arguments(MULTIPART, part.replace("--xx--", "--xx"), Reason.MALFORMED_FORM),
                arguments(MULTIPART, part.replace("\r\n\r\n", "\r\n"), Reason.MALFORMED_FORM),
                arguments(
                        MULTIPART,
                        "--xx\r\nContent-Disposition: form-data; name=\"detail\"\r\n{}\r\n" + part,
                        Reason.MALFORMED_FORM),
                arguments("application/json; charset=x-JISAutoDetect", "[1]", Reason.UNSUPPORTED_MEDIA_TYPE),
                arguments(FORM + "; charset=UTF-16", "detail=%d8%00", Reason.MALFORMED_FORM),
                arguments(MULTIPART, part.replace("\r\n", "\n"), Reason.MALFORMED_FORM),
                arguments(MULTIPART, "", Reason.EMPTY),
                arguments(MULTIPART, "--xx--", Reason.EMPTY),
                arguments("text/plain", "{}", Reason.UNSUPPORTED_MEDIA_TYPE),
                arguments("multipart/mixed; boundary=xx", part, Reason.UNSUPPORTED_MEDIA_TYPE),
                arguments("nonsense", "{}", Reason.UNSUPPORTED_MEDIA_TYPE),
                arguments(FORM + "; charset=klingon", "detail=1", Reason.UNSUPPORTED_MEDIA_TYPE),
                arguments(null, "detail=1", Reason.UNSUPPORTED_MEDIA_TYPE),
                arguments(FORM, "detail=1&".repeat(2001), Reason.TOO_MANY_ITEMS),
                arguments("application/json", "[" + "1,".repeat(2000) + "1]", Reason.TOO_MANY_ITEMS));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void whatCannotBeTakenApartIsOneItemWithAReason(String contentType, String body, Reason reason) {
        byte[] bytes = body.getBytes(UTF_8);

        assertThat(items(contentType, null, bytes))
                .singleElement()
                .isInstanceOfSatisfying(Item.Unreadable.class, item -> {
                    assertThat(item.rejection().reason()).isEqualTo(reason);
                    assertThat(item.rejection().explanation()).endsWith(".").hasSizeGreaterThan(20);
                    if (!body.equals("detail=%ff")) {
                        assertThat(item.evidence().bytes()).isEqualTo(bytes);
                    } else {
                        assertThat(item.evidence().bytes()).containsExactly(0xff);
                    }
                });
    }

    @Test
    void aCompressedBodyIsNotRead() {
        assertThat(items("application/json", "gzip", new byte[] {1, 2}))
                .singleElement()
                .isInstanceOfSatisfying(
                        Item.Unreadable.class,
                        item -> assertThat(item.rejection().reason()).isEqualTo(Reason.UNSUPPORTED_MEDIA_TYPE));
        assertThat(items("application/json", "identity", TEXT.getBytes(UTF_8)))
                .singleElement()
                .isInstanceOf(Item.Candidate.class);
    }

    private static List<String> texts(String contentType, byte[] body) {
        return items(contentType, null, body).stream()
                .map(item -> ((Item.Candidate) item).text())
                .toList();
    }

    static List<Item> items(String contentType, String contentEncoding, byte[] body) {
        return CallbackBody.items(
                body, new Reception(Instant.EPOCH, "/callbacks", "default", contentType, contentEncoding, null));
    }
}
