package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.callstream.dialler.Ledger;
import io.callstream.gateway.testing.BrokerProcess;
import io.callstream.gateway.testing.GatewayProcess;
import io.callstream.gateway.testing.TcpBalancer;
import io.callstream.gateway.testing.TestCampaign;
import io.callstream.gateway.testing.Topic;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two gateways behind a balancer are restarted in turn under load, while Kafka is well and replicated. The sender posts
 * the next callback of a call after the former's answer, and posts none twice.
 */
@Timeout(300)
@Tag("slow")
class RollingRestartIT {

    private static final int RATE = 400;
    private static final int ROUNDS = 3;

    @Test
    void nothingIsRefusedOrLostAndEachCallIsInOrder() throws Exception {
        try (BrokerProcess first = new BrokerProcess();
                BrokerProcess second = new BrokerProcess(first)) {
            first.launch();
            second.start();
            try (GatewayProcess one = new GatewayProcess(first.bootstrapServers()).start();
                    GatewayProcess other = new GatewayProcess(first.bootstrapServers()).start()) {
                awaitReplicated(one);
                awaitReplicated(other);
                try (TcpBalancer balancer = new TcpBalancer(one, other)) {
                    AtomicBoolean goingOn = new AtomicBoolean(true);
                    TestCampaign campaign =
                            TestCampaign.atRate(balancer.url(), RATE).begin(goingOn::get);
                    awaitAccepted(campaign, 5 * RATE);
                    for (int round = 0; round < ROUNDS; round++) {
                        restart(one, balancer, campaign);
                        restart(other, balancer, campaign);
                    }
                    goingOn.set(false);
                    campaign.awaitEnd(Duration.ofSeconds(30));
                    await().atMost(Duration.ofMinutes(1)).until(() -> one.backlog() + other.backlog() == 0);

                    assertThat(campaign.tally().refused()).isEmpty();
                    assertThat(campaign.tally().unanswered())
                            .as("callbacks without an answer")
                            .isZero();
                    try (Topic events = new Topic(first.bootstrapServers(), "calls.events")) {
                        Ledger.Verdict verdict = campaign.judgeClean(events.read());
                        System.out.printf(
                                "%d restarts in turn: %,d callbacks, all accepted, p99 %d ms, slowest %d ms; %s%n",
                                2 * ROUNDS,
                                campaign.tally().accepted(),
                                campaign.percentile(99).toMillis(),
                                campaign.slowest().toMillis(),
                                verdict);
                    }
                }
            }
        }
    }

    /** Order across gateways needs a 2xx that means Kafka's acknowledgement. */
    private static void awaitReplicated(GatewayProcess gateway) {
        await().atMost(Duration.ofMinutes(1)).until(() -> gateway.said().contains("a 2xx rests on Kafka's"));
    }

    private static void restart(GatewayProcess gateway, TcpBalancer balancer, TestCampaign campaign) throws Exception {
        assertThat(gateway.stop()).isEqualTo(143);
        long before = campaign.tally().accepted();
        gateway.start();
        awaitReplicated(gateway);
        await().atMost(Duration.ofMinutes(1)).until(() -> balancer.uses(gateway));
        awaitAccepted(campaign, before + 2 * RATE);
    }

    private static void awaitAccepted(TestCampaign campaign, long count) {
        await().atMost(Duration.ofMinutes(1)).until(() -> campaign.tally().accepted() >= count);
    }
}
