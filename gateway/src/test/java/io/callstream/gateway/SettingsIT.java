package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the configuration: the secret, and the settings with which the gateway does not start. */
@Timeout(60)
class SettingsIT {

    private static final String CALLBACK = "{\"uuid\":\"s\",\"status\":\"ring\"}";

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments(
                        "callstream.relay.max-in-fligth=3",
                        "callstream.relay.max-in-fligth. No such setting is known;"),
                arguments("callstream.journals.max-size=3", "callstream.journals.max-size. No such setting is known;"),
                arguments(
                        "callstream.relay.max-in-flight=0",
                        "callstream.relay.max-in-flight is 0. Set it between 1 and 4096."),
                arguments(
                        "callstream.relay.max-in-flight=many",
                        "callstream.relay.max-in-flight is \"many\". That is no int"),
                arguments("callstream.journal.form=cloud", "callstream.journal.form is \"cloud\". That is no Form"),
                arguments("callstream.journal.folder=/dev/null/j", "/dev/null/j cannot be used ("),
                arguments(
                        "callstream.journal.free-space-floor=2TB",
                        "callstream.journal.free-space-floor is 2199023255552B. Set it between"),
                arguments(
                        "callstream.journal.sync-after=soon", "callstream.journal.sync-after is soon. Set it to auto"),
                arguments("callstream.journal.sync-after=2s", "callstream.journal.sync-after is 2s. Set it to auto"),
                arguments("callstream.journal.max-size=1KB", "callstream.journal.max-size is 1024B. Set it between"),
                arguments(
                        "callstream.journal.answer-within=5s",
                        "callstream.journal.answer-within is PT5S. Set it between"),
                arguments(
                        "callstream.ingress.max-body-size=1GB",
                        "callstream.ingress.max-body-size is 1073741824B. Set it"),
                arguments("callstream.ingress.body-timeout=1ms", "callstream.ingress.body-timeout is PT0.001S. Set it"),
                arguments("callstream.ingress.head-timeout=1ms", "callstream.ingress.head-timeout is PT0.001S. Set it"),
                arguments("callstream.ingress.max-connections=1", "callstream.ingress.max-connections is 1. Set it"),
                arguments(
                        "callstream.ingress.max-connections-per-address=0",
                        "callstream.ingress.max-connections-per-address is 0. Set it"),
                arguments(
                        "callstream.ingress.max-reception-size=1KB",
                        "callstream.ingress.max-reception-size is 1024B. Set it"),
                arguments(
                        "callstream.relay.max-in-flight-size=1KB",
                        "callstream.relay.max-in-flight-size is 1024B. Set it"),
                arguments(
                        "callstream.ingress.undecodable-status=500",
                        "callstream.ingress.undecodable-status is 500. Set it"),
                arguments("callstream.ingress.zone=Mars", "callstream.ingress.zone is \"Mars\". That is no ZoneId"),
                arguments(
                        "callstream.security.secret=fifteen-letters",
                        "callstream.security.secret is shorter than 16 characters."),
                arguments(
                        "callstream.security.tenants-file=/nowhere/tenants.yaml",
                        "callstream.security.tenants-file is /nowhere/tenants.yaml. The file cannot be read"),
                arguments(
                        "callstream.security.trusted-proxies=proxy.example",
                        "callstream.security.trusted-proxies is proxy.example. Write networks as"),
                arguments(
                        "callstream.security.secret=not/fit-to-be-one",
                        "callstream.security.secret is not usable in a URL."),
                arguments("management.server.port=", "management.server.port. Give operators a port of their own"),
                arguments("server.address=0.0.0.0", "server.address is 0.0.0.0. Anybody could post callbacks:"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeStopsTheStartWithASentence(String setting, String sentence) {
        assertThat(failure(setting))
                .startsWith("Callstream did not start: " + sentence)
                .hasLineCount(1);
    }

    static Stream<Arguments> commandLines() {
        return Stream.of(
                arguments("--help", 0, "Arguments are settings, --name=value."),
                arguments("-h", 0, "Arguments are settings, --name=value."),
                arguments("start", 2, "Callstream did not start: the argument \"start\" is no setting."),
                arguments(
                        "callstream.security.secret=only-the-platform-knows",
                        2,
                        "Callstream did not start: the argument \"callstream.security.secret\" is no setting."));
    }

    @ParameterizedTest
    @MethodSource("commandLines")
    void anArgumentThatIsNoSettingStartsNothing(String argument, int exitCode, String sentence) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        GatewayApplication.class.getName(),
                        "--spring.main.banner-mode=off",
                        argument)
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said).contains(sentence).doesNotContain("INFO").doesNotContain("only-the-platform");
            assertThat(process.waitFor()).isEqualTo(exitCode);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket other = new ServerSocket(0)) {
            int port = other.getLocalPort();
            assertThat(failure("server.port=" + port))
                    .isEqualToIgnoringNewLines(
                            "Callstream did not start: Port %d is taken. Choose another with --server.port=<port>."
                                    .formatted(port));
            assertThat(failure("management.server.port=" + port))
                    .isEqualToIgnoringNewLines(
                            "Callstream did not start: Port %d is taken. Choose another with --management.server.port=<port>."
                                    .formatted(port));
        }
    }

    private static String failure(String setting) {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (TestGateway gateway = TestGateway.start(TestBroker.bootstrapServers(), setting)) {
            throw new AssertionError("It started on port " + gateway.port());
        } catch (RuntimeException e) {
            String all = said.toString(StandardCharsets.UTF_8);
            assertThat(all).doesNotContain("APPLICATION FAILED TO START");
            // Other lines come from the test itself: agents and the shared broker.
            return all.lines().filter(line -> line.startsWith("Callstream ")).collect(Collectors.joining("\n"));
        } finally {
            System.setErr(before);
        }
    }

    @Test
    void withASecretOnlyItsAddressIsServed() throws Exception {
        try (TestGateway gateway = TestGateway.start(
                TestBroker.bootstrapServers(), "callstream.security.secret=only-the-platform-knows")) {
            assertThat(post(gateway, "/keys/only-the-platform-knows/callbacks").statusCode())
                    .isEqualTo(200);
            assertThat(post(gateway, "/keys/only-the-platform-knows/callbacks/bill")
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> missing = post(gateway, "/callbacks/bill");
            assertThat(missing.statusCode()).isEqualTo(401);
            assertThat(missing.headers().firstValue("www-authenticate")).isPresent();
            HttpResponse<String> wrong = post(gateway, "/keys/only-the-platform-know/callbacks");
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(missing.body() + wrong.body()).doesNotContain("only-the-platform");
            assertThat(post(gateway, "/keys/only-the-platform-knows/elsewhere").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void theReplyAndTheStatusOfTheUndecodableCanBeChosen() throws Exception {
        try (TestGateway gateway = TestGateway.start(
                TestBroker.bootstrapServers(),
                "callstream.ingress.reply=ok",
                "callstream.ingress.undecodable-status=202")) {
            assertThat(post(gateway, "/callbacks").body()).isEqualTo("ok");
            HttpResponse<String> undecodable = gateway.post("/callbacks", "application/json", "{");
            assertThat(undecodable.statusCode()).isEqualTo(202);
            assertThat(undecodable.body()).contains("\"quarantineId\"");
        }
    }

    private static HttpResponse<String> post(TestGateway gateway, String path) {
        return gateway.post(path, "application/json", CALLBACK);
    }
}
