package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.dialler.Ledger;
import io.callstream.embeddedkafka.testing.BrokerProcess;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.testing.TestCampaign;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The broker is killed under load and restarted 10 s later. */
@Timeout(180)
@Tag("slow")
class BrokerKillIT {

    private static final Duration AWAY = Duration.ofSeconds(10);

    @Test
    void whatWasAnswered2xxIsThereAndEveryCallIsInOrder() throws Exception {
        try (BrokerProcess broker = new BrokerProcess()) {
            broker.start();
            try (TestGateway gateway = TestGateway.start(broker.bootstrapServers(), "callstream.journal.form=memory")) {
                Journal journal = gateway.bean(Journal.class);
                AtomicBoolean goingOn = new AtomicBoolean(true);
                TestCampaign campaign = TestCampaign.asFastAsAnswered(gateway.url("/callbacks"), Long.MAX_VALUE)
                        .begin(goingOn::get);

                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> campaign.tally().accepted() > 5000);
                broker.kill();
                long killed = System.nanoTime();
                long before = campaign.tally().accepted();
                Awaitility.await().atMost(AWAY.plusSeconds(5)).until(() -> System.nanoTime() - killed > AWAY.toNanos());
                assertThat(campaign.tally().refused()).as("the fault bites").containsOnlyKeys(503);
                broker.start();

                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> campaign.tally().accepted() > before + 5000);
                goingOn.set(false);
                campaign.awaitEnd(Duration.ofSeconds(30));
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> journal.backlog().records() == 0);

                Ledger.Verdict verdict;
                try (Topic events = new Topic(broker.bootstrapServers(), "calls.events")) {
                    verdict = campaign.judgeClean(events.read());
                }
                assertThat(campaign.tally().refused()).containsOnlyKeys(503);
                assertThat(campaign.slowest()).isLessThan(Duration.ofSeconds(2));
                System.out.printf(
                        "broker killed for %d s: %d accepted, %d refused, %d arrived, %d repeats, slowest answer %d ms%n",
                        AWAY.toSeconds(),
                        campaign.tally().accepted(),
                        campaign.tally().refused().get(503),
                        verdict.arrived(),
                        verdict.repeats(),
                        campaign.slowest().toMillis());
            }
        }
    }
}
