package io.callstream.timeline;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The timeline's main class. It reads {@code calls.events} from a Kafka and writes its topics to the same Kafka. */
@SpringBootApplication
public class TimelineApplication {

    /** Starts the application. Its defaults are in {@code timeline.yaml}, because the standalone run has the gateway's. */
    public static void main(String[] arguments) {
        application().run(arguments);
    }

    static SpringApplication application() {
        SpringApplication application = new SpringApplication(TimelineApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "timeline,application"));
        return application;
    }
}
