package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.callstream.embeddedkafka.testing.BrokerProcess;
import io.callstream.gateway.testing.GatewayProcess;
import io.callstream.gateway.testing.TestGateway;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Brings a gateway into each state of the guide's table of health, and compares what it says of itself. */
@Tag("slow")
@Timeout(300)
class HealthIT {

    private static final List<String> GROUPS = List.of("startup", "readiness", "liveness");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final BrokerProcess broker = new BrokerProcess();
    private final GatewayProcess gateway = new GatewayProcess(
            broker.bootstrapServers(),
            "callstream.journal.max-size=8MB",
            "callstream.ingress.drain-timeout=10s",
            "logging.structured.format.console=ecs");

    @Test
    void theGatewaySaysOfItselfWhatTheGuideSays() throws Exception {
        try (broker;
                gateway) {
            broker.start();
            broker.pause();
            gateway.start();
            assertState("just started");
            assertState("Kafka does not answer");
            broker.resume();
            assertState("all is well");

            broker.kill();
            fill();
            assertState("the journal is full");
            broker.start();
            assertState("all is well");

            Path journal = gateway.journal();
            Path elsewhere = journal.resolveSibling("elsewhere");
            Files.move(journal, elsewhere);
            post("{\"uuid\":\"u\",\"status\":\"ring\"}");
            assertState("the journal's folder is gone");
            Files.move(elsewhere, journal);
            gateway.kill();
            gateway.start();
            assertState("all is well");

            try (Socket sender = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
                gateway.terminate();
                assertState("stopping");
                sender.shutdownOutput();
            }
            assertThat(gateway.stop()).isEqualTo(143);
            assertLog();
        }
    }

    /** Waits until the gateway is in the state of the guide's row of that name. */
    private void assertState(String name) throws Exception {
        List<String> row = row(name);
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    for (int i = 0; i < GROUPS.size(); i++) {
                        assertThat(health("/" + GROUPS.get(i)).statusCode())
                                .as("%s: %s", name, GROUPS.get(i))
                                .isEqualTo("yes".equals(row.get(i + 1)) ? 200 : 503);
                    }
                    String body = health("").body();
                    if (row.get(4).equals("no `trouble`")) {
                        assertThat(body).as(name).doesNotContain("trouble");
                    } else {
                        for (String said : row.get(4).split("…", -1)) {
                            assertThat(body)
                                    .as(name)
                                    .contains(said.replace("`", "").strip());
                        }
                    }
                });
        System.out.printf("%s: %s%n", name, health("").body());
    }

    /** The log says once what was wrong, and each line has a time. */
    private void assertLog() {
        List<String> warnings =
                gateway.said().lines().filter(line -> !line.contains(" INFO ")).toList();
        assertThat(warnings).allSatisfy(line -> assertThat(line).matches("[\\d:.]{12} (WARN|ERROR) .*"));
        assertThat(warnings.stream().map(line -> line.substring(12)))
                .doesNotHaveDuplicates()
                .anySatisfy(line -> assertThat(line).contains("cannot be reached"))
                .anySatisfy(line -> assertThat(line).contains("The journal is full"))
                .anySatisfy(line -> assertThat(line).contains("was removed or replaced"));
    }

    private static List<String> row(String name) throws Exception {
        try (Stream<String> lines = Files.lines(Path.of("../deploy/README.md"))) {
            return lines.filter(line -> line.startsWith("| " + name + " |"))
                    .map(line -> Arrays.stream(line.substring(1).split("\\|", -1))
                            .map(String::strip)
                            .toList())
                    .findFirst()
                    .orElseThrow();
        }
    }

    private HttpResponse<String> health(String group) throws Exception {
        return TestGateway.get("http://127.0.0.1:" + gateway.operatorsPort() + "/actuator/health" + group);
    }

    private void fill() throws Exception {
        String callback = "{\"uuid\":\"full\",\"status\":\"ring\",\"x\":\"%s\"}".formatted("x".repeat(60_000));
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(1)).until(() -> post(callback) == 503);
    }

    private int post(String callback) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.url()))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(callback))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString()).statusCode();
    }
}
