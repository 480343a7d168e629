package io.callstream.gateway.journal.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SyncPolicyTest {

    private static final long WITHIN = Duration.ofMillis(300).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SyncPolicy policy = new SyncPolicy(Duration.ofNanos(WITHIN));

    @BeforeEach
    void kafkaCounts() {
        policy.setKafkaCounts(true, false);
    }

    private boolean isDue(long now) {
        return policy.isDue(now, 0, false);
    }

    @Test
    void everyGroupIsSyncedWhereKafkasAcknowledgementDoesNotCount() {
        policy.setKafkaCounts(false, false);
        assertThat(isDue(0)).isTrue();
    }

    @Test
    void kafkaIsWaitedForUntilTheOldestRecordIsOverdue() {
        assertThat(policy.isDue(0, WITHIN - 1, false)).isFalse();
        assertThat(policy.isDue(0, WITHIN, false)).isTrue();
        assertThat(policy.isDue(0, 0, true)).as("memory is short").isTrue();
    }

    @Test
    void oneSyncAnswersWhatKafkaHadAcknowledgedBeforeThatCounted() {
        policy.setKafkaCounts(false, false);
        policy.setKafkaCounts(true, true);
        assertThat(isDue(0)).isTrue();
        policy.succeeded();
        assertThat(isDue(0)).isFalse();
    }

    @Test
    void aDiskThatFailsTwiceIsLeftAloneForASecondAtATime() {
        policy.failed(0);
        assertThat(policy.refuses()).isFalse();
        assertThat(isDue(0)).as("a second try at once").isTrue();
        policy.failed(0);
        assertThat(policy.refuses()).isTrue();
        assertThat(isDue(SECOND - 1)).isFalse();
        assertThat(isDue(SECOND)).isTrue();
        policy.failed(SECOND);
        assertThat(policy.isPausing(2 * SECOND - 1)).isTrue();
        assertThat(policy.succeeded()).as("that ended a failure").isTrue();
        assertThat(policy.refuses()).isFalse();
        assertThat(policy.succeeded()).isFalse();
    }

    @Test
    void withNothingLeftToTryTheNextAppendIsTheNextTry() {
        policy.failed(0);
        policy.failed(0);
        policy.nothingToTry();
        assertThat(policy.refuses()).isFalse();
        assertThat(policy.isPausing(0)).isFalse();
        policy.failed(0);
        assertThat(policy.refuses()).isTrue();
    }

    @Test
    void aJournalThatClosesSyncsWhatItHas() {
        policy.closing();
        assertThat(isDue(0)).isTrue();
    }
}
