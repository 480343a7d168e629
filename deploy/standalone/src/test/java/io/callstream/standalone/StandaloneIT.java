package io.callstream.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Runs the packaged jar as a new user does: stops, restarts, signals. */
class StandaloneIT extends StandaloneProcess {

    @Test
    void itSaysWhereEverythingIsRefusesASecondOneAndKeepsItsRecords() throws Exception {
        Path said = start();
        assertThat(Files.readString(said))
                .contains("Callstream is ready.")
                .contains("http://127.0.0.1:" + http + "/callbacks/extension-status")
                .contains("http://127.0.0.1:" + http + "/callbacks/bill")
                .contains("127.0.0.1:" + kafka)
                .contains(folder.resolve("data").toString())
                .contains("curl ");
        assertThat(post("first")).isEqualTo(200);
        for (String kept : List.of("kafka", "journal")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(folder.resolve("data").resolve(kept))))
                    .as("only its owner reads its records")
                    .isEqualTo("rwx------");
        }

        Process first = process;
        try {
            Path second = launch("--callstream.standalone.kafka-port=" + freePort());
            assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(second))
                    .contains("is in use by another process. Stop that process, or choose another folder with"
                            + " --callstream.standalone.data-folder=");
        } finally {
            process.destroyForcibly().onExit().join();
            process = first;
        }
        assertThat(post("first")).isEqualTo(200);
        stop();

        start();
        assertThat(post("second")).isEqualTo(200);
        assertThat(keys(3)).containsExactlyInAnyOrder("first", "first", "second");
        stop();
        assertThat(Files.readString(said)).doesNotContain("ERROR").doesNotContain("\tat ");
    }

    @Test
    void onASignalItAnswersWhatItHasAccepted() throws Exception {
        Path said = start();
        AtomicInteger next = new AtomicInteger();
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicInteger broken = new AtomicInteger();
        CountDownLatch stopped = new CountDownLatch(8);
        ExecutorService senders = Executors.newFixedThreadPool(8);
        for (int i = 0; i < 8; i++) {
            senders.execute(() -> {
                try {
                    // Until the gateway stops listening.
                    while (post("load-" + next.getAndIncrement()) == 200) {
                        acknowledged.incrementAndGet();
                    }
                    broken.incrementAndGet();
                } catch (IOException | InterruptedException refused) {
                    // The gateway has stopped listening.
                } finally {
                    stopped.countDown();
                }
            });
        }
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> acknowledged.get() > 500);
        stop();
        assertThat(stopped.await(3, TimeUnit.MINUTES)).isTrue();
        senders.shutdownNow();
        assertThat(broken).as("answers other than 200").hasValue(0);
        assertThat(Files.readString(said))
                .doesNotContain("ERROR")
                .doesNotContain(" WARN ")
                .doesNotContain("\tat ");

        start();
        assertThat(keys(acknowledged.get())).hasSizeGreaterThanOrEqualTo(acknowledged.get());
        stop();
    }
}
