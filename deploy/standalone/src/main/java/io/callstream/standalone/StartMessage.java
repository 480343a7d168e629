package io.callstream.standalone;

import io.callstream.cli.Callstream;
import io.callstream.gateway.journal.Journal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.ansi.AnsiColor;
import org.springframework.boot.ansi.AnsiOutput;
import org.springframework.boot.ansi.AnsiStyle;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Flux;

/** Prints all addresses and a first command to try, as soon as callbacks can be answered 2xx. Plays calls if set. */
final class StartMessage implements ApplicationListener<ApplicationReadyEvent> {

    private static final Duration LOOK = Duration.ofMillis(50);

    private final Journal journal;
    private final StandaloneProperties properties;

    StartMessage(Journal journal, StandaloneProperties properties) {
        this.journal = journal;
        this.properties = properties;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        Environment environment = event.getApplicationContext().getEnvironment();
        Flux.interval(Duration.ZERO, LOOK)
                .takeUntil(tick -> journal.accepting())
                .blockLast();
        System.out.println(text(environment));
        if (properties.calls() > 0) {
            Thread dialler = new Thread(() -> play(environment), "dialler");
            // A daemon, because it must not delay the gateway's stop.
            dialler.setDaemon(true);
            dialler.start();
        }
    }

    private void play(Environment environment) {
        String secret = environment.getProperty("callstream.security.secret");
        boolean isHashed = secret != null && secret.startsWith("sha256:");
        if (isHashed || environment.containsProperty("callstream.security.tenants-file")) {
            System.out.printf(
                    "Callstream knows no secret, only hashes, so it plays no calls. Play them with deploy/cli/callstream dial"
                            + " http://{tenant}:{secret}@127.0.0.1:%s%n",
                    environment.getProperty("local.server.port"));
            return;
        }
        List<String> command = new ArrayList<>(List.of(
                "dial",
                "http://127.0.0.1:" + environment.getProperty("local.server.port"),
                "--kafka",
                "127.0.0.1:" + properties.kafkaPort(),
                "--calls",
                Integer.toString(properties.calls()),
                "--watch",
                "--verify"));
        if (secret != null) {
            command.addAll(List.of("--secret", secret));
        }
        Callstream.run(command.toArray(String[]::new));
    }

    private String text(Environment environment) {
        boolean isGuarded = environment.containsProperty("callstream.security.secret")
                || environment.containsProperty("callstream.security.tenants-file");
        String callbacks = "http://127.0.0.1:%s%s/callbacks"
                .formatted(environment.getProperty("local.server.port"), isGuarded ? "/keys/<your secret>" : "");
        String operators = "http://127.0.0.1:" + environment.getProperty("local.management.port");
        int kafka = properties.kafkaPort();
        return """

                %s

                  post callbacks to   %s/extension-status
                                      %s/bill
                  Kafka listens at    127.0.0.1:%d   (topics calls.timeline, calls.state, calls.events, calls.tasks, calls.quarantine)
                  console             %s/console/
                  contract            %s/contract/
                  health, metrics     %s/actuator/health, %s/actuator/prometheus
                  data folder         %s

                  Post a first callback:
                    %s
                  See its event, from another terminal in the clone:
                    %s

                  Ctrl-C stops it.
                """.formatted(
                        AnsiOutput.toString(AnsiStyle.BOLD, AnsiColor.GREEN, "Callstream is ready.", AnsiStyle.NORMAL),
                        callbacks,
                        callbacks,
                        kafka,
                        operators,
                        operators,
                        operators,
                        operators,
                        properties.dataFolder().toAbsolutePath().normalize(),
                        command("curl -F 'detail={\"uuid\":\"call-1\",\"status\":\"ring\",\"callee\":\"555\"}' "
                                + callbacks + "/extension-status"),
                        command("deploy/cli/callstream watch --from-beginning --kafka 127.0.0.1:" + kafka));
    }

    private static String command(String line) {
        return AnsiOutput.toString(AnsiColor.CYAN, line, AnsiColor.DEFAULT);
    }
}
