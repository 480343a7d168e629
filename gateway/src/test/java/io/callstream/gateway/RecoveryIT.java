package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.embeddedkafka.testing.BrokerProcess;
import io.callstream.gateway.testing.GatewayProcess;
import io.callstream.gateway.testing.TestCampaign;
import io.callstream.gateway.testing.Topic;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway with a small heap starts on a journal of 1 GB that was filled without Kafka, and publishes it. */
@Tag("slow")
@Timeout(1800)
class RecoveryIT {

    private static final double ALMOST_FULL = 900e6;

    private final BrokerProcess broker = new BrokerProcess();
    private final GatewayProcess gateway =
            new GatewayProcess(broker.bootstrapServers(), "callstream.journal.max-size=1GB").heap("512m");

    @AfterEach
    void end() {
        gateway.close();
        broker.close();
    }

    @Test
    void aGigabyteOfTheWorstEventsIsPublishedWith512Megabytes() throws Exception {
        gateway.start();
        int accepted = 0;
        while (HostileLoadsIT.RawHttpControl.send(gateway.port(), accepted)
                        .statuses()
                        .get(0)
                == 200) {
            accepted++;
        }
        int sent = accepted;
        assertThat(gateway.metric("callstream_journal_size_bytes")).isGreaterThan(ALMOST_FULL);
        restartWithKafka("512m");
        try (Topic events = new Topic(broker.bootstrapServers(), "calls.events")) {
            assertThat(events.read().stream().map(Topic::key).distinct())
                    .containsAll(IntStream.range(0, sent)
                            .mapToObj("control-%d"::formatted)
                            .toList());
        }
        System.out.printf("%,d events of 780 KB: all published%n", sent);
    }

    @Test
    void aGigabyteOfOrdinaryEventsIsPublishedWith96Megabytes() throws Exception {
        gateway.start();
        AtomicBoolean goingOn = new AtomicBoolean(true);
        TestCampaign campaign =
                TestCampaign.asFastAsAnswered(gateway.url(), Long.MAX_VALUE).begin(goingOn::get);
        Awaitility.await()
                .atMost(Duration.ofMinutes(10))
                .until(() -> gateway.metric("callstream_journal_size_bytes") > ALMOST_FULL);
        goingOn.set(false);
        campaign.awaitEnd(Duration.ofMinutes(1));
        restartWithKafka("96m");
        try (Topic events = new Topic(broker.bootstrapServers(), "calls.events")) {
            System.out.println("ordinary events: " + campaign.judgeClean(events.read()));
        }
    }

    private void restartWithKafka(String heap) throws Exception {
        gateway.stop();
        broker.start();
        gateway.heap(heap).start();
        long began = System.nanoTime();
        Awaitility.await()
                .atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    assertThat(gateway.isAlive()).as(gateway.said()).isTrue();
                    return gateway.backlog() == 0;
                });
        gateway.awaitCountersAgree();
        System.out.printf(
                "drained with -Xmx%s in %d s, resident %d MB%n",
                heap, Duration.ofNanos(System.nanoTime() - began).toSeconds(), gateway.residentBytes() >> 20);
        assertThat(gateway.said()).doesNotContain("OutOfMemory").doesNotContain("\tat ");
    }
}
