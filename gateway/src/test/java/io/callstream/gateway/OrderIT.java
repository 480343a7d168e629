package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.testing.Campaign;
import io.callstream.gateway.testing.TestBroker;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 5,000 calls of four callbacks each, over 64 connections: none missing, none twice, in order. */
@Timeout(240)
class OrderIT {

    private static final int CALLS = 5000;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(TestBroker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void callbacksSentInTurnStandInThatOrder() {
        Campaign campaign = new Campaign("in-turn", gateway.url("/callbacks"));
        campaign.inTurn(CALLS);

        Campaign.Verdict verdict = verdict(campaign);
        assertThat(verdict.inverted()).isEmpty();
    }

    @Test
    void callbacksSentAtOnceAreAllThere() {
        Campaign campaign = new Campaign("at-once", gateway.url("/callbacks"));
        campaign.atOnce(CALLS);

        verdict(campaign);
    }

    private static Campaign.Verdict verdict(Campaign campaign) {
        assertThat(campaign.refused()).isEmpty();
        assertThat(campaign.acknowledged()).hasSize(CALLS * Campaign.KINDS.size());
        // They were answered for their copies on disk, before Kafka had them.
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> gateway.bean(Journal.class).backlog().records() == 0);
        Campaign.Verdict verdict;
        try (Topic events = new Topic(TestBroker.bootstrapServers(), "calls.events")) {
            verdict = campaign.judge(events.read());
        }
        assertThat(verdict.records()).isEqualTo(CALLS * Campaign.KINDS.size());
        assertThat(verdict.lost()).isEmpty();
        assertThat(verdict.repeats()).isEmpty();
        assertThat(verdict.scattered()).isEmpty();
        return verdict;
    }
}
