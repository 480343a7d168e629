package io.callstream.console.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextsTest {

    @Test
    void onlyTheLastDigitsOfANumberCanBeRead() {
        assertThat(Texts.masked("5550100")).isEqualTo("••••100");
        assertThat(Texts.masked("+4915112345678901")).isEqualTo("••••••••901");
        assertThat(Texts.masked("12")).isEqualTo("••");
        assertThat(Texts.masked("123")).isEqualTo("•••");
        assertThat(Texts.masked(null)).isEqualTo("–");
    }

    @Test
    void invisibleAndTurningCharactersAreSpeltOut() {
        assertThat(Texts.brief("a\u202egnp.exe\u0000")).isEqualTo("a\\u202egnp.exe\\u0000");
        assertThat(Texts.brief("x".repeat(60_000))).hasSize(61).endsWith("…");
    }

    @Test
    void amounts() {
        assertThat(Texts.bytes(27)).isEqualTo("27 B");
        assertThat(Texts.bytes(1L << 30)).isEqualTo("1.0 GB");
        assertThat(Texts.bytes(1536)).isEqualTo("1.5 kB");
        assertThat(Texts.seconds(65L)).isEqualTo("1:05");
        assertThat(Texts.seconds(null)).isEqualTo("–");
    }
}
