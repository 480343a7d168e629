package io.callstream.timeline;

import io.callstream.timeline.streams.TimelineConfiguration;
import java.util.HashMap;
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
        Map<String, Object> defaults = new HashMap<>(TimelineConfiguration.LOG_LEVELS);
        defaults.put("spring.config.name", "timeline,application");
        application.setDefaultProperties(defaults);
        return application;
    }
}
