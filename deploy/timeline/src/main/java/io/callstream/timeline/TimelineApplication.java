package io.callstream.timeline;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The timeline's main class. It reads {@code calls.events} from a Kafka and writes its topics to the same Kafka. */
@SpringBootApplication
public class TimelineApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(TimelineApplication.class, arguments);
    }
}
