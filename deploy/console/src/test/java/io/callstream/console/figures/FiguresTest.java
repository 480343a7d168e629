package io.callstream.console.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.console.figures.Figures.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {

    private static final double LIMIT = 1000;

    /** Samples of a journal that grows by so many bytes with each. */
    private static List<Sample> growing(int count, long records, long bytes) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(new Sample(Instant.EPOCH, 0, 0, Double.NaN, records, i * bytes, 0));
        }
        return samples;
    }

    @Test
    void aJournalThatGrowsIsFullInTime() {
        // 13 samples are a minute: 10 bytes in 5 s, of which 120 are used.
        assertThat(Figures.untilFull(growing(13, 7, 10), LIMIT)).isEqualTo(Duration.ofSeconds((1000 - 120) / 2));
    }

    @Test
    void oneThatDoesNotGrowIsNot() {
        assertThat(Figures.untilFull(growing(13, 7, 0), LIMIT)).isNull();
        assertThat(Figures.untilFull(growing(13, 7, -1), LIMIT)).isNull();
        assertThat(Figures.untilFull(growing(12, 7, 10), LIMIT)).isNull();
        // A segment counts until it is deleted, also if Kafka has all of it.
        assertThat(Figures.untilFull(growing(13, 0, 10), LIMIT)).isNull();
    }
}
