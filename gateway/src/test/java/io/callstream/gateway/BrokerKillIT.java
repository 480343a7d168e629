package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.testing.BrokerProcess;
import io.callstream.gateway.testing.Campaign;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The broker is killed under load and comes back 10 s later. */
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
                Campaign campaign = new Campaign("kill", gateway.url("/callbacks"));
                AtomicBoolean goingOn = new AtomicBoolean(true);
                CountDownLatch ended = new CountDownLatch(1);
                campaign.until(goingOn::get)
                        .doFinally(signal -> ended.countDown())
                        .subscribe();

                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> campaign.acknowledged().size() > 5000);
                broker.kill();
                long killed = System.nanoTime();
                int before = campaign.acknowledged().size();
                Awaitility.await().atMost(AWAY.plusSeconds(5)).until(() -> System.nanoTime() - killed > AWAY.toNanos());
                assertThat(campaign.refused()).as("the fault bites").containsOnlyKeys(503);
                broker.start();

                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> campaign.acknowledged().size() > before + 5000);
                goingOn.set(false);
                assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> journal.backlog().records() == 0);

                Campaign.Verdict verdict;
                try (Topic events = new Topic(broker.bootstrapServers(), "calls.events")) {
                    verdict = campaign.judge(events.read());
                }
                assertThat(verdict.lost()).isEmpty();
                assertThat(verdict.inverted()).isEmpty();
                assertThat(verdict.scattered()).isEmpty();
                assertThat(campaign.refused()).containsOnlyKeys(503);
                assertThat(campaign.slowest()).isLessThan(Duration.ofSeconds(2));
                System.out.printf(
                        "broker killed for %d s: %d acknowledged, %d refused, %d records, %d repeats, slowest answer %d ms%n",
                        AWAY.toSeconds(),
                        campaign.acknowledged().size(),
                        campaign.refused().get(503).get(),
                        verdict.records(),
                        verdict.repeats().size(),
                        campaign.slowest().toMillis());
            }
        }
    }
}
