package io.callstream.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The gateway's main class. It connects to a Kafka that runs elsewhere. */
@SpringBootApplication
public class GatewayApplication {

    public static void main(String[] arguments) {
        run(new SpringApplication(GatewayApplication.class), arguments);
    }

    /**
     * Runs an application as this process. An {@link Error} on any thread ends the process immediately. After a signal,
     * the process closes everything and exits with 0. Without this, the JVM's exit code for Ctrl-C would be 130.
     */
    public static void run(SpringApplication application, String... arguments) {
        // An initializer runs after the set-up of logging, which would remove the appender again.
        application.addInitializers(context -> FatalErrors.watch());
        application.run(arguments);
        SpringApplication.getShutdownHandlers().add(() -> Runtime.getRuntime().halt(0));
    }
}
