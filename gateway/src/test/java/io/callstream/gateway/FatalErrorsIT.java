package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.embeddedkafka.testing.TestBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An error on any thread ends the process with a log line and an exit code, instead of leaving it half alive. */
@Timeout(120)
class FatalErrorsIT {

    @ParameterizedTest
    @ValueSource(strings = {"thread", "event-loop"})
    void anErrorEndsTheProcess(String where) throws Exception {
        endsWhereAnErrorStrikes(where);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scheduler", "stream", "linkage"})
    @Tag("slow")
    void anErrorThatALibraryCatchesEndsTheProcess(String where) throws Exception {
        endsWhereAnErrorStrikes(where);
    }

    private static void endsWhereAnErrorStrikes(String where) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                FailingGateway.class.getName(),
                where,
                "--server.port=0",
                "--management.server.port=0",
                "--spring.kafka.bootstrap-servers=127.0.0.1:1",
                "--callstream.journal.folder=" + TestBroker.folder("journal")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
            assertThat(process.exitValue()).as(said).isEqualTo(FatalErrors.EXIT_CODE);
            assertThat(said)
                    .contains("Callstream ends because of an error that it cannot recover from")
                    .contains("injected");
        } finally {
            process.destroyForcibly();
        }
    }
}
