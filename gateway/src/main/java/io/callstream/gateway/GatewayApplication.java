package io.callstream.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The gateway's main class. It connects to a Kafka that runs elsewhere. */
@SpringBootApplication
public class GatewayApplication {

    private static final String HELP = """
            Callstream receives the callbacks of telephone calls and publishes them to Kafka.

            Arguments are settings, --name=value. These are set most often:

              --spring.kafka.bootstrap-servers=HOST:PORT   the Kafka to publish to
              --server.port=8080                           port for callbacks
              --management.server.port=8081                port for operators: health, metrics, contract
              --callstream.journal.folder=FOLDER           where records wait for Kafka; on a local disk

            With a secret, callbacks are accepted from other machines. Set it as an environment variable:

              CALLSTREAM_SECURITY_SECRET=...

            deploy/README.md describes every setting. Ctrl-C stops the gateway; records that wait are kept.
            """;

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(GatewayApplication.class);
        application.addListeners(new Listening());
        run(application, HELP, arguments);
    }

    /**
     * Runs an application as this process, or answers {@code --help} and arguments that are no settings. An
     * {@link Error} on any thread ends the process immediately. After a signal, the process closes everything and exits
     * as the JVM does: with 143 after SIGTERM, with 130 after Ctrl-C.
     *
     * @param help the answer to {@code --help}
     */
    public static void run(SpringApplication application, String help, String... arguments) {
        for (String argument : arguments) {
            if (argument.equals("--help") || argument.equals("-h")) {
                System.out.print(help);
                return;
            }
            if (!argument.startsWith("--")) {
                // The value can be a secret.
                String name = argument.replaceFirst("=.*", "");
                System.err.println("Callstream did not start: the argument \"" + name
                        + "\" is no setting. Write settings as --name=value; --help shows examples.");
                System.exit(2);
            }
        }
        // An initializer runs after the set-up of logging, which would remove the appender again.
        application.addInitializers(context -> FatalErrors.watch());
        application.run(arguments);
    }
}
