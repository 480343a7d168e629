package io.callstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstantsTest {

    private final Random random = new Random(1);

    private interface Parser {

        Instant parse(String text);
    }

    @Test
    void anInstantsTextIsItsOwn() {
        for (int i = 0; i < 100_000; i++) {
            Instant instant = instant(i);
            assertThat(Instants.text(instant)).isEqualTo(instant.toString());
            assertThat(Instants.parse(instant.toString())).isEqualTo(instant);
        }
    }

    @Test
    void whatTheJdkRefusesIsRefused() {
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder(instant(i).toString());
            // Every kind of character that such a text has, and some that it has not.
            text.setCharAt(random.nextInt(text.length()), "0123456789-:.TZ+ zt/;٣".charAt(random.nextInt(22)));
            assertSame(text.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2021-02-29T00:00:00Z",
                "2020-02-29T00:00:00Z",
                "2021-04-31T00:00:00Z",
                "2021-00-01T00:00:00Z",
                "2021-01-00T00:00:00Z",
                "2021-01-01T24:00:00Z",
                "2021-01-01T24:00:01Z",
                "2021-01-01T23:60:00Z",
                "2016-12-31T23:59:60Z",
                "2021-01-01T00:00:00.5Z",
                "2021-01-01T00:00:00.123456789Z",
                "2021-01-01T00:00:00.000Z",
                "2021-01-01T00:00:00+00:00",
                "2021-01-01t00:00:00z"
            })
    void atTheEdgesItAgreesWithTheJdk(String text) {
        assertSame(text);
    }

    private static void assertSame(String text) {
        assertThat(result(Instants::parse, text)).as(text).isEqualTo(result(Instant::parse, text));
    }

    private static @Nullable Instant result(Parser parser, String text) {
        try {
            return parser.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** From the year -3000 to 14000, in whole seconds, in milliseconds and in nanoseconds. */
    private Instant instant(int i) {
        long seconds = -157_000_000_000L + (long) (random.nextDouble() * 537_000_000_000L);
        int nanos = new int[] {0, random.nextInt(1000) * 1_000_000, random.nextInt(1_000_000_000)}[i % 3];
        return Instant.ofEpochSecond(seconds, nanos);
    }
}
