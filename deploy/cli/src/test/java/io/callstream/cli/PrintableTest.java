package io.callstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PrintableTest {

    @Test
    void everyCharacterThatIsObeyedOrUnseenIsEscaped() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            all.appendCodePoint(c).append('.');
        }
        Hostile.assertPlain(Printable.line(all.toString()));
    }

    @Test
    void aLineShowsWhichCharactersTheyWere() {
        assertThat(Printable.line(
                        "a\u001b[2J\u0000\u007f\u009b\n\r\t\u2028\u202e\u2069\u200f\ud800b\udc00\udb40\udc41"))
                .isEqualTo("a\\u001b[2J\\u0000\\u007f\\u009b\\u000a\\u000d\\u0009\\u2028\\u202e\\u2069\\u200f\\ud800b"
                        + "\\udc00\\udb40\\udc41");
    }

    @Test
    void whatCanBeReadStays() {
        String text = "50 % \\ \"Ärger\" 张三 😀 @|red x|@";
        assertThat(Printable.line(text)).isEqualTo(text);
    }

    @Test
    void noLineOfABlockPassesForOneOfOurs() {
        assertThat(Printable.block("a\r\n\n| b\rc\n")).isEqualTo("| a\\u000d\n| \n| | b\\u000dc\n| ");
    }

    @Test
    void jsonStaysTheSameValue() {
        String json = "{\n\t\"" + Hostile.IN_JSON + "\" :\r\n [\"" + Hostile.IN_JSON + "\", \"\\ud800\" ]\n}";
        String printed = Printable.json(json);
        assertThat(printed).doesNotContain("\n", "\r", "\t", "\u009b", "\u202e");
        assertThat(JsonMapper.shared().readTree(printed))
                .isEqualTo(JsonMapper.shared().readTree(json));
    }
}
