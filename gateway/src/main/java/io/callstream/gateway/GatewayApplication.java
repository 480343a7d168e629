package io.callstream.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The gateway on its own, against a Kafka that runs elsewhere. */
@SpringBootApplication
public class GatewayApplication {

    public static void main(String[] arguments) {
        run(new SpringApplication(GatewayApplication.class), arguments);
    }

    /**
     * Runs an application as this process: ended at once by an {@link Error} on any thread, with 0 by a signal that asks
     * for it once everything is closed. Of itself a JVM reports Ctrl-C as 130.
     */
    public static void run(SpringApplication application, String... arguments) {
        // Once logging is set up, which would take the watch out again.
        application.addInitializers(context -> FatalErrors.watch());
        application.run(arguments);
        SpringApplication.getShutdownHandlers().add(() -> Runtime.getRuntime().halt(0));
    }
}
