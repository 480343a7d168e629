package io.callstream.gateway.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Properties that hold for every body, likely or not. */
class CallbackBodyPropertyTest {

    @Property(tries = 1000)
    void anyTextsComeThroughAnyForm(@ForAll("texts") List<String> texts) {
        StringBuilder urlencoded = new StringBuilder();
        StringBuilder multipart = new StringBuilder();
        for (String text : texts) {
            urlencoded.append("&detail=").append(URLEncoder.encode(text, UTF_8));
            multipart
                    .append("--b\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n")
                    .append(text)
                    .append("\r\n");
        }
        multipart.append("--b--\r\n");

        assertThat(read(
                        "application/x-www-form-urlencoded",
                        urlencoded.toString().getBytes(UTF_8)))
                .isEqualTo(texts);
        assertThat(read("multipart/form-data; boundary=b", multipart.toString().getBytes(UTF_8)))
                .isEqualTo(texts);
    }

    @Property(tries = 3000)
    void whateverTheBodyThereIsAnItemAndNoException(@ForAll("types") String type, @ForAll("bodies") String body) {
        byte[] bytes = body.getBytes(ISO_8859_1);
        // In UTF-16, each plain letter of a form takes two bytes, and a byte order mark precedes them.
        int most = 2 * bytes.length + 2;
        assertThat(CallbackBodyTest.items(type, null, bytes))
                .isNotEmpty()
                .allSatisfy(item -> assertThat(item.evidence().bytes().length).isLessThanOrEqualTo(most));
    }

    private static List<String> read(String contentType, byte[] body) {
        List<String> texts = new ArrayList<>();
        for (Item item : CallbackBodyTest.items(contentType, null, body)) {
            texts.add(((Item.Candidate) item).text());
        }
        return texts;
    }

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.strings()
                .withCharRange('\u0000', '\ud7ff')
                .ofMaxLength(40)
                .filter(text -> !text.contains("--b"))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.of(
                "application/x-www-form-urlencoded",
                "application/x-www-form-urlencoded; charset=UTF-16",
                "application/x-www-form-urlencoded; charset=GBK",
                "multipart/form-data; boundary=b",
                "multipart/form-data; boundary=",
                "application/json",
                "application/json; charset=UTF-16",
                "",
                ";",
                "a/b/c; d");
    }

    @Provide
    Arbitrary<String> bodies() {
        Arbitrary<String> pieces = Arbitraries.of(
                "--b",
                "--",
                "\r\n",
                "\r\n\r\n",
                "Content-Disposition: form-data; name=\"detail\"",
                "name=detail",
                "Content-Type: ",
                ":",
                "detail",
                "=",
                "&",
                "%",
                "%e",
                "%41",
                "[",
                "]",
                "{",
                "}",
                ",",
                "\"",
                "\\",
                "1",
                "\u00ff",
                " ");
        return pieces.list().ofMaxSize(20).map(list -> String.join("", list));
    }
}
