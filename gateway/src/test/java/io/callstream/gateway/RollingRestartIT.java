package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.callstream.dialler.Ledger;
import io.callstream.embeddedkafka.testing.BrokerProcess;
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
@Timeout(600)
@Tag("slow")
class RollingRestartIT {

    private static final int RATE = 100;
    private static final int ROUNDS = 2;
    private static final int ATTEMPTS = 3;

    /** Callbacks of gateways before their restarts whose 2xx meant an fsync. */
    private double disk;

    /**
     * A machine without free processors can keep Kafka's acknowledgement for longer than a second. Then a 2xx is by disk,
     * there is no order across gateways, and the test is repeated.
     */
    @Test
    void nothingIsRefusedOrLostAndEachCallIsInOrder() throws Exception {
        boolean wasWell = false;
        for (int attempt = 0; !wasWell && attempt < ATTEMPTS; attempt++) {
            wasWell = kafkaWasWell();
        }
        assertThat(wasWell)
                .as("each 2xx was Kafka's acknowledgement, in one of the attempts")
                .isTrue();
    }

    /** Returns whether each 2xx meant Kafka's acknowledgement, so that the order was promised and was compared. */
    private boolean kafkaWasWell() throws Exception {
        disk = 0;
        try (BrokerProcess first = new BrokerProcess();
                BrokerProcess second = new BrokerProcess(first)) {
            first.launch();
            second.start();
            try (GatewayProcess one = gateway(first).start();
                    GatewayProcess other = gateway(first).start()) {
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
                    one.awaitCountersAgree();
                    other.awaitCountersAgree();

                    double byDisk = disk + onDisk(one) + onDisk(other);
                    System.out.printf(
                            "%d restarts in turn: %,d callbacks, p99 %d ms, slowest %d ms; 2xx by disk: %.0f%n",
                            2 * ROUNDS,
                            campaign.tally().accepted(),
                            campaign.percentile(99).toMillis(),
                            campaign.slowest().toMillis(),
                            byDisk);
                    assertThat(campaign.tally().refused()).isEmpty();
                    assertThat(campaign.tally().unanswered())
                            .as("callbacks without an answer")
                            .isZero();
                    Ledger.Verdict verdict;
                    try (Topic events = new Topic(first.bootstrapServers(), "calls.events")) {
                        verdict = campaign.judge(events.read()).verdict();
                    }
                    System.out.println(verdict);
                    assertThat(verdict.lost() + verdict.spurious()).isZero();
                    if (byDisk == 0) {
                        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
                    }
                    return byDisk == 0;
                }
            }
        }
    }

    /** As the guide says for several gateways. */
    private static GatewayProcess gateway(BrokerProcess broker) {
        // The optimizing compiler of a starting gateway would take the processors from the other one and from Kafka.
        return new GatewayProcess(broker.bootstrapServers(), "callstream.journal.sync-after=1s")
                .option("-XX:TieredStopAtLevel=1");
    }

    /** Order across gateways needs a 2xx that means Kafka's acknowledgement. */
    private static void awaitReplicated(GatewayProcess gateway) {
        await().atMost(Duration.ofMinutes(1)).until(() -> gateway.said().contains("a 2xx rests on Kafka's"));
    }

    private static double onDisk(GatewayProcess gateway) {
        return gateway.metric("callstream_callbacks_copies_total{copy=\"disk\"");
    }

    private void restart(GatewayProcess gateway, TcpBalancer balancer, TestCampaign campaign) throws Exception {
        disk += onDisk(gateway);
        assertThat(gateway.stop()).isEqualTo(143);
        long before = campaign.tally().accepted();
        gateway.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> balancer.uses(gateway));
        awaitAccepted(campaign, before + 2 * RATE);
    }

    private static void awaitAccepted(TestCampaign campaign, long count) {
        await().atMost(Duration.ofMinutes(1)).until(() -> campaign.tally().accepted() >= count);
    }
}
