package io.callstream.gateway.journal.disk;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The journal keeps its guarantees when 20,000 processes end. Set {@code -Dcallstream.crashes=1000000} to try more. Set
 * {@code -Dcallstream.seed=…} to repeat the life that a failure names.
 */
class DiskJournalModelTest {

    private static final int CRASHES = Integer.getInteger("callstream.crashes", 20_000);

    @BeforeAll
    static void quiet() {
        ((Logger) LoggerFactory.getLogger(OperatorMessages.class)).setLevel(Level.OFF);
    }

    @Test
    void itKeepsItsPromisesWhateverTheDiskDoes() {
        Long seed = Long.getLong("callstream.seed");
        if (seed != null) {
            DiskJournalModel.live(seed);
            return;
        }
        int crashes = 0;
        long lives = 0;
        while (crashes < CRASHES) {
            crashes += DiskJournalModel.live(lives++);
        }
        assertThat(crashes).isGreaterThanOrEqualTo(CRASHES);
        System.out.printf("model: %d crash points in %d lives, nothing lost, nothing out of order%n", crashes, lives);
    }
}
