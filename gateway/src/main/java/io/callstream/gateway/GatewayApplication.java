package io.callstream.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The gateway on its own, against a Kafka that runs elsewhere. */
@SpringBootApplication
public class GatewayApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(GatewayApplication.class, arguments);
        stopIsNoFailure();
    }

    /**
     * Has a running process end with 0 once everything is closed, whichever signal asked for it: of itself a JVM reports
     * Ctrl-C as 130.
     */
    public static void stopIsNoFailure() {
        SpringApplication.getShutdownHandlers().add(() -> Runtime.getRuntime().halt(0));
    }
}
