package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.dialler.Ledger;
import io.callstream.embeddedkafka.testing.BrokerProcess;
import io.callstream.gateway.testing.GatewayProcess;
import io.callstream.gateway.testing.PlantedBug;
import io.callstream.gateway.testing.TestCampaign;
import io.callstream.gateway.testing.Topic;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/**
 * Faults of a gateway and a broker under load, each in its own process. After each fault, every callback that was
 * answered 2xx is in Kafka, unchanged and in order, and every repeat can be recognised.
 */
@Timeout(600)
class FaultsIT {

    private static final int RATE = 500;

    private static final int KILLS = Integer.getInteger("callstream.kills", 20);

    /** The default of {@code callstream.relay.max-in-flight}. */
    private static final int WINDOW = 512;

    private final BrokerProcess broker = new BrokerProcess();
    private GatewayProcess gateway = new GatewayProcess(broker.bootstrapServers());
    private final AtomicBoolean goingOn = new AtomicBoolean();
    private TestCampaign campaign;

    /** How long a new callback took to reach Kafka after the recovery. */
    private Duration untilFresh = Duration.ZERO;

    @AfterEach
    void end() {
        goingOn.set(false);
        gateway.close();
        broker.close();
    }

    @Test
    @Tag("slow")
    void bothAreKilled(TestInfo test) throws Exception {
        broker.start();
        gateway.start();
        load();
        awaitAcknowledged(500);
        broker.kill();
        awaitAway();
        awaitAcknowledged(500);
        gateway.kill();
        gateway.start();
        awaitAcknowledged(500);
        broker.start();
        assertThat(healed(test).repeats()).isLessThanOrEqualTo(2 * WINDOW);
        assertThat(campaign.tally().refused()).isEmpty();
    }

    @Test
    @Tag("slow")
    void aMinuteOfAllOfThem(TestInfo test) throws Exception {
        gateway.start();
        load();
        assertAway();
        awaitAcknowledged(500);
        broker.start();
        awaitDrained();

        gateway.kill();
        gateway.start();
        awaitAcknowledged(500);

        broker.kill();
        awaitAway();
        awaitAcknowledged(1000);
        gateway.kill();
        gateway.start();
        awaitAcknowledged(500);

        killWhileDraining();

        broker.pause();
        awaitAway();
        awaitAcknowledged(500);
        assertThat(gateway.stop()).as("exit code after SIGTERM").isEqualTo(143);
        gateway.start();
        awaitAcknowledged(500);
        broker.resume();

        assertThat(healed(test).repeats()).isLessThanOrEqualTo(4 * WINDOW);
        assertThat(campaign.tally().refused()).isEmpty();
    }

    @Test
    @Tag("slow")
    void theBrokerIsKilled(TestInfo test) throws Exception {
        broker.start();
        gateway.start();
        warmUp();
        load();
        awaitAcknowledged(1000);
        broker.kill();
        awaitAway();
        awaitAcknowledged(3000);
        broker.start();
        healedWithoutRefusal(test);
    }

    @Test
    @Tag("slow")
    void theBrokerStandsStillForLongerThanAnyClientWaits(TestInfo test) throws Exception {
        brokerStandsStill();
        // No process was killed, so there must be no repeats. The Kafka client's own retries cause none.
        assertThat(healedWithoutRefusal(test).repeats()).isZero();
    }

    /** Proves that the test above detects a producer that gives up on records. */
    @Test
    @Tag("slow")
    void aProducerThatGivesRecordsUpIsCaught(TestInfo test, @TempDir Path classes) throws Exception {
        PlantedBug.in(
                        "relay/ClientSettings",
                        "(DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE)",
                        "(DELIVERY_TIMEOUT_MS_CONFIG, 6_000)")
                .compileInto(classes);
        gateway = new GatewayProcess(List.of(classes), broker.bootstrapServers());
        brokerStandsStill();
        assertThat(healed(test).repeats()).isPositive();
    }

    private void brokerStandsStill() throws Exception {
        broker.start();
        gateway.start();
        warmUp();
        load();
        awaitAcknowledged(1000);
        broker.pause();
        long paused = System.nanoTime();
        awaitAway();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> System.nanoTime() - paused > TimeUnit.SECONDS.toNanos(40));
        broker.resume();
    }

    @Test
    @Tag("slow")
    void kafkaIsNotThereAtTheStart(TestInfo test) throws Exception {
        gateway.start();
        // A started gateway is out of service until it knows that Kafka does not answer.
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> gateway.readiness() == 200);
        warmUp();
        load();
        assertAway();
        awaitAcknowledged(3000);
        broker.start();
        assertThat(healedWithoutRefusal(test).repeats()).isZero();
    }

    @Test
    void theGatewayIsKilledWhenAllIsWell(TestInfo test) throws Exception {
        broker.start();
        gateway.start();
        load();
        awaitAcknowledged(1000);
        gateway.kill();
        gateway.start();
        awaitAcknowledged(1000);
        assertThat(campaign.tally().unanswered()).as("the fault bites").isPositive();
        assertThat(healed(test).repeats()).isLessThanOrEqualTo(WINDOW);
    }

    @Test
    @Tag("slow")
    void theGatewayIsKilledWhileKafkaIsAway(TestInfo test) throws Exception {
        broker.start();
        gateway.start();
        load();
        awaitAcknowledged(500);
        broker.kill();
        awaitAway();
        awaitAcknowledged(1000);
        gateway.kill();
        gateway.start();
        assertThat(gateway.said()).contains("unacknowledged record(s) in");
        awaitAcknowledged(1000);
        broker.start();
        assertThat(healed(test).repeats()).isLessThanOrEqualTo(WINDOW);
    }

    @Test
    @Tag("slow")
    void theGatewayIsKilledWhileItDrains(TestInfo test) throws Exception {
        broker.start();
        gateway.start();
        load();
        awaitAcknowledged(500);
        broker.kill();
        awaitAway();
        awaitAcknowledged(5000);
        killWhileDraining();
        assertThat(healed(test).repeats()).isLessThanOrEqualTo(WINDOW);
    }

    @Test
    @Tag("slow")
    void theGatewayIsStoppedWhileKafkaIsAway(TestInfo test) throws Exception {
        broker.start();
        gateway.start();
        load();
        awaitAcknowledged(500);
        broker.kill();
        awaitAway();
        awaitAcknowledged(1000);
        long asked = System.nanoTime();
        assertThat(gateway.stop()).as("exit code after SIGTERM").isEqualTo(143);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(15));
        assertThat(gateway.said()).contains("the journal keeps them for the next start");
        gateway.start();
        broker.start();
        assertThat(healed(test).repeats()).isLessThanOrEqualTo(WINDOW);
    }

    @Test
    @Tag("slow")
    void theJournalIsFull(TestInfo test) throws Exception {
        gateway = new GatewayProcess(broker.bootstrapServers(), "callstream.journal.max-size=8MB");
        gateway.start();
        load();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> campaign.tally().refused().containsKey(503));
        assertThat(gateway.readiness()).as("the fault bites").isEqualTo(503);
        assertThat(campaign.tally().refused()).containsOnlyKeys(503);
        broker.start();
        long before = campaign.tally().accepted();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> campaign.tally().accepted() > before + 1000);
        assertThat(healed(test).repeats()).isZero();
    }

    @Test
    @Tag("slow")
    void theJournalsFolderDisappears() throws Exception {
        broker.start();
        gateway.start();
        warmUp();
        awaitDrained();
        assertThat(gateway.readiness()).isEqualTo(200);
        FileSystemUtils.deleteRecursively(gateway.journal());
        Awaitility.await()
                .atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> gateway.readiness() == 503);
        assertThat(gateway.said()).contains("The journal's folder or a file in it was removed or replaced.");
    }

    @Test
    @Tag("slow")
    void aBitIsFlippedBeforeARestart(TestInfo test) throws Exception {
        gateway.start();
        load();
        awaitAcknowledged(3000);
        endLoad();
        gateway.kill();
        Path segment = segment();
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            long at = file.length() / 2;
            file.seek(at);
            int was = file.read();
            file.seek(at);
            file.write(was ^ 1 << new Random().nextInt(8));
        }
        gateway.start();
        broker.start();
        awaitDrained();
        assertThat(gateway.metric("callstream_journal_damaged_bytes_total"))
                .as("the fault bites")
                .isPositive();
        assertThat(gateway.said()).contains("is damaged at");
        String kept = Files.readString(only(".damaged"), StandardCharsets.ISO_8859_1);
        Ledger ledger = campaign.judge(records());
        Ledger.Verdict verdict = ledger.verdict();
        Set<String> lost = ledger.callsWithLoss();
        Set<String> hit = lost.stream().filter(kept::contains).collect(Collectors.toSet());
        System.out.printf(
                "%s: %d accepted, of which those of %d calls were in the batch that was hit; %s%n",
                test.getTestMethod().orElseThrow().getName(), campaign.tally().accepted(), hit.size(), verdict);
        assertThat(lost).isNotEmpty().isEqualTo(hit);
        assertThat(verdict.lost()).isLessThan(600);
        assertThat(verdict.outOfOrder()).isZero();
        assertThat(verdict.spurious()).isZero();
    }

    @Test
    @Tag("slow")
    void theLastWriteWasCutShortBeforeARestart(TestInfo test) throws Exception {
        gateway.start();
        load();
        awaitAcknowledged(3000);
        gateway.kill();
        Path segment = segment();
        long before = Files.size(segment);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            byte[] begun = new byte[100];
            file.readFully(begun);
            file.seek(before);
            file.write(begun);
        }
        gateway.start();
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> Files.size(segment) == before);
        assertThat(gateway.said()).as("the fault bites").contains("cut short");
        broker.start();
        healed(test);
    }

    /** If a 2xx is based on Kafka's acknowledgement, the answer waits for it, but only for a short time. */
    @Test
    @Tag("slow")
    void oneOfTwoReplicasIsKilled(TestInfo test) throws Exception {
        try (BrokerProcess other = new BrokerProcess(broker)) {
            broker.launch();
            other.start();
            gateway.start();
            load();
            awaitAcknowledged(10 * RATE);
            assertThat(gateway.said()).contains("a 2xx rests on Kafka's acknowledgement, or an fsync");
            double syncs = gateway.metric("callstream_journal_sync_time_seconds_count");
            awaitAcknowledged(2000);
            syncs = gateway.metric("callstream_journal_sync_time_seconds_count") - syncs;
            System.out.printf("%.0f fsyncs for 2000 callbacks while Kafka is well%n", syncs);
            assertThat(syncs).as("fsyncs while Kafka is well").isLessThan(100);
            other.kill();
            await(() -> gateway.metric("callstream_journal_oldest_age_seconds") > 2);
            awaitAcknowledged(2000);
            gateway.kill();
            gateway.start();
            awaitAcknowledged(1000);
            other.start();
            assertThat(healed(test).repeats()).isLessThanOrEqualTo(WINDOW);
            assertThat(campaign.tally().refused()).isEmpty();
        }
    }

    @Test
    @Tag("slow")
    @Timeout(1200)
    void theGatewayIsKilledAgainAndAgain(TestInfo test) throws Exception {
        Random random = new Random();
        broker.start();
        gateway.start();
        load();
        long most = 0;
        long repeats = 0;
        try (Topic events = new Topic(broker.bootstrapServers(), "calls.events")) {
            for (int kill = 0; kill < KILLS; kill++) {
                boolean withoutKafka = kill % 2 == 1;
                if (withoutKafka) {
                    broker.pause();
                }
                awaitAcknowledged(1 + random.nextInt(500));
                gateway.kill();
                if (withoutKafka) {
                    broker.resume();
                }
                gateway.start();
                awaitAcknowledged(1);
                awaitDrained();
                long now = campaign.judge(events.read()).repeats();
                most = Math.max(most, now - repeats);
                repeats = now;
            }
        }
        healed(test);
        System.out.printf("%d kills: at most %d repeats of one%n", KILLS, most);
        assertThat(most).isLessThanOrEqualTo(WINDOW);
        assertThat(campaign.tally().refused()).isEmpty();
    }

    @Test
    @Tag("slow")
    @Timeout(600)
    void kafkaIsAwayForTwoMinutes(TestInfo test) throws Exception {
        int rate = 1000;
        broker.start();
        gateway.start();
        warmUp();
        goingOn.set(true);
        campaign = TestCampaign.atRate(gateway.url(), rate).begin(goingOn::get);
        awaitAcknowledged(5 * rate);
        broker.kill();
        long away = System.nanoTime();
        awaitAway();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> System.nanoTime() - away > TimeUnit.MINUTES.toNanos(1));
        long memoryHalfway = gateway.residentBytes();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> System.nanoTime() - away > TimeUnit.MINUTES.toNanos(2));
        double waiting = gateway.backlog();
        assertThat(waiting).as("the fault bites").isGreaterThan(100.0 * rate);
        broker.launch();
        await(() -> gateway.backlog() < waiting - rate);
        long draining = System.nanoTime();
        double from = gateway.backlog();
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> gateway.backlog() < rate);
        double seconds = (System.nanoTime() - draining) / 1e9;
        double drained = from / seconds + rate;
        long memory = gateway.residentBytes();
        assertThat(healedWithoutRefusal(test).repeats()).isLessThanOrEqualTo(WINDOW);
        System.out.printf(
                "two minutes at %d/s: %.0f waited, gone in %.1f s at %.0f/s; %d MB halfway, %d MB at the end%n",
                rate, waiting, seconds, drained, memoryHalfway >> 20, memory >> 20);
        assertThat(drained).isGreaterThan(2.0 * rate);
        assertThat(memory).isLessThan(memoryHalfway + (64 << 20));
    }

    /** Needed where answers are timed: a process that has just started is slow. */
    private void warmUp() throws Exception {
        TestCampaign.asFastAsAnswered(gateway.url(), 6000).begin(() -> true).awaitEnd(Duration.ofMinutes(3));
    }

    private void load() {
        goingOn.set(true);
        campaign = TestCampaign.atRate(gateway.url(), RATE).begin(goingOn::get);
    }

    private void endLoad() throws Exception {
        goingOn.set(false);
        campaign.awaitEnd(Duration.ofMinutes(3));
    }

    private void assertAway() {
        assertThat(gateway.metric("callstream_relay_connected"))
                .as("the fault bites")
                .isZero();
    }

    private void awaitAway() {
        await(() -> gateway.metric("callstream_relay_connected") == 0);
    }

    private void awaitAcknowledged(int more) {
        long before = campaign.tally().accepted();
        await(() -> campaign.tally().accepted() >= before + more);
    }

    private void awaitDrained() {
        await(() -> gateway.backlog() < RATE / 10.0);
    }

    private static void await(Callable<Boolean> until) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(10))
                .until(until);
    }

    /** Starts the broker, and kills the gateway as soon as it publishes its backlog. */
    private void killWhileDraining() throws IOException {
        broker.launch();
        await(() -> gateway.metric("callstream_relay_in_flight") > 0 && gateway.backlog() > 0);
        gateway.kill();
        gateway.start();
        awaitAcknowledged(200);
        broker.awaitUp();
    }

    private Ledger.Verdict healedWithoutRefusal(TestInfo test) throws Exception {
        Ledger.Verdict verdict = healed(test);
        assertThat(campaign.tally().refused()).isEmpty();
        assertThat(campaign.tally().unanswered()).isZero();
        assertThat(campaign.percentile(99)).isLessThan(Duration.ofMillis(500));
        assertThat(campaign.slowest()).isLessThan(Duration.ofSeconds(2));
        assertThat(untilFresh).isLessThan(Duration.ofSeconds(10));
        return verdict;
    }

    /**
     * Waits until the backlog is drained, ends the load and checks the records. The broker and the gateway must be
     * running again.
     */
    private Ledger.Verdict healed(TestInfo test) throws Exception {
        long healing = System.nanoTime();
        awaitDrained();
        Duration drain = Duration.ofNanos(System.nanoTime() - healing);
        endLoad();
        long sent = System.nanoTime();
        String fresh = campaign.fresh();
        List<ConsumerRecord<byte[], byte[]>> records;
        try (Topic events = new Topic(broker.bootstrapServers(), "calls.events")) {
            events.await(1, record -> fresh.equals(Topic.key(record)));
            untilFresh = Duration.ofNanos(System.nanoTime() - sent);
            await(() -> gateway.backlog() == 0);
            records = events.read();
        }
        gateway.awaitCountersAgree();
        Ledger.Verdict verdict = campaign.judge(records).verdict();
        System.out.printf(
                "%s: %d accepted, %s refused, %d unanswered, %s; answers p99 %d ms, worst %d ms; drained %d ms after the end of it%n",
                test.getTestMethod().orElseThrow().getName(),
                campaign.tally().accepted(),
                campaign.tally().refused(),
                campaign.tally().unanswered(),
                verdict,
                campaign.percentile(99).toMillis(),
                campaign.slowest().toMillis(),
                drain.toMillis());
        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
        return verdict;
    }

    private List<ConsumerRecord<byte[], byte[]>> records() {
        try (Topic events = new Topic(broker.bootstrapServers(), "calls.events")) {
            return events.read();
        }
    }

    private Path segment() throws IOException {
        return only(".log");
    }

    private Path only(String ending) throws IOException {
        try (Stream<Path> files = Files.list(gateway.journal())) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(ending)).toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }
}
