package io.callstream.standalone;

import io.callstream.console.ConsoleConfiguration;
import io.callstream.gateway.GatewayApplication;
import io.callstream.gateway.journal.Journal;
import io.callstream.timeline.streams.TimelineConfiguration;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The main class of the default run: a broker, the gateway, the timeline, the console, and a message with their addresses. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StandaloneProperties.class)
public class StandaloneApplication {

    private static final String HELP = """
            Callstream receives the callbacks of telephone calls and publishes them to Kafka. This run starts a Kafka of
            its own.

            Arguments are settings, --name=value. These are set most often:

              --server.port=8080                                   port for callbacks
              --management.server.port=8081                        port for operators: health, metrics, contract
              --callstream.standalone.kafka-port=9092              port of Kafka
              --callstream.standalone.data-folder=callstream-data  where Kafka and the journal keep their records
              --callstream.standalone.calls=0                      calls to play after the start, as a demonstration

            With a secret, callbacks are accepted from other machines. Set it as an environment variable:

              CALLSTREAM_SECURITY_SECRET=...

            deploy/README.md describes every setting. Ctrl-C stops the gateway and Kafka.
            """;

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(
                GatewayApplication.class,
                TimelineConfiguration.class,
                ConsoleConfiguration.class,
                StandaloneApplication.class);
        Map<String, Object> defaults = new HashMap<>(TimelineConfiguration.LOG_LEVELS);
        // Two clients that ask for the same internal topic at once.
        defaults.put("logging.level.kafka.server.DefaultAutoTopicCreationManager", "error");
        defaults.put("spring.kafka.bootstrap-servers", "127.0.0.1:${callstream.standalone.kafka-port:9092}");
        defaults.put("callstream.console.actions", "true");
        defaults.put("callstream.console.campaigns", "true");
        defaults.put("callstream.journal.folder", "${callstream.standalone.data-folder:callstream-data}/journal");
        defaults.put("callstream.timeline.folder", "${callstream.standalone.data-folder:callstream-data}/timeline");
        application.setDefaultProperties(defaults);
        GatewayApplication.run(application, HELP, arguments);
    }

    @Bean
    KafkaLifecycle kafkaLifecycle(StandaloneProperties properties) {
        return new KafkaLifecycle(properties);
    }

    @Bean
    StartMessage startMessage(Journal journal, StandaloneProperties properties) {
        return new StartMessage(journal, properties);
    }
}
