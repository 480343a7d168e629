package io.callstream.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.cli.Callstream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a new user sees of the packaged jar: calls that it plays, the timeline, its sentences. */
class StandaloneOutputIT extends StandaloneProcess {

    /** The platform repeats callbacks, posts them out of order and loses some. */
    @Test
    @Tag("slow")
    void theTimelineIsRightAndACallIsShownAndErased() throws Exception {
        Path said = start(
                "--callstream.standalone.kafka-port=" + kafka,
                "--callstream.timeline.companies.2029=calls.timeline.acme");
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> health().contains("\"timeline\":{\"details\":{\"state\":\"RUNNING\""));
        String address = "http://127.0.0.1:" + http;
        String servers = "127.0.0.1:" + kafka;
        assertThat(Callstream.run(
                        "dial",
                        address,
                        "--kafka",
                        servers,
                        "--calls=300",
                        "--rate=max",
                        "--both-legs",
                        "--repeats=10",
                        "--disorder=10",
                        "--missing=5",
                        "--seed=3",
                        "--verify"))
                .isZero();
        assertThat(health()).contains("\"held\":0");
        List<ConsumerRecord<byte[], byte[]>> acme = records("calls.timeline.acme");
        assertThat(acme).isNotEmpty();
        assertThat(acme)
                .allSatisfy(record -> assertThat(new String(record.value(), StandardCharsets.UTF_8))
                        .contains("\"companyCode\":\"2029\""));
        assertThat(post("shown")).isEqualTo(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> Callstream.run("call", "shown", "--kafka", servers) == 0);
        assertThat(Callstream.run("erase", "shown", "--kafka", servers)).isZero();
        assertThat(Callstream.run("erase", "shown", "--kafka", servers, "--yes"))
                .isZero();
        assertThat(Callstream.run("erase", "shown", "--kafka", servers)).isEqualTo(1);
        stop();
        assertThat(Files.readString(said)).doesNotContain("ERROR").doesNotContain(" WARN ");
    }

    /**
     * An unreplicated Kafka often acknowledges a record before its fsync. Then there is no unpublished record to
     * report.
     */
    @Test
    @Tag("slow")
    void aLullIsNoTrouble() throws Exception {
        Path said = start();
        int lulls = 60;
        for (int lull = 0; lull < lulls; lull++) {
            for (int call = 0; call < 4; call++) {
                assertThat(post("lull-%d-%d".formatted(lull, call))).isEqualTo(200);
            }
            long began = System.nanoTime();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(1200));
            assertThat(metric("callstream_journal_records")).as("lull %d", lull).isZero();
            assertThat(metric("callstream_journal_oldest_age_seconds"))
                    .as("lull %d", lull)
                    .isZero();
            assertThat(metric("callstream_relay_connected")).as("lull %d", lull).isEqualTo(1);
        }
        stop();
        assertThat(Files.readString(said)).doesNotContain("WARN").doesNotContain("ERROR");
    }

    @Test
    void itPlaysCallsAtItself() throws Exception {
        Path said = launch("--callstream.standalone.kafka-port=" + kafka, "--callstream.standalone.calls=2");
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.readString(said).contains("0 calls out of order"));
        assertThat(Files.readString(said))
                .contains(" of 2 calls to ")
                .contains("  bill ")
                .contains(" 0 lost");
        stop();
    }

    @Test
    void aTakenPortIsOneSentence() throws Exception {
        try (ServerSocket other = new ServerSocket(kafka, 1, InetAddress.getLoopbackAddress())) {
            Path said = launch();
            assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(Files.readString(said))
                    .isEqualToIgnoringNewLines(
                            "Callstream did not start: Port %d is taken.".formatted(other.getLocalPort())
                                    + " Choose another for Kafka with --callstream.standalone.kafka-port=<port>.");
        }
    }
}
