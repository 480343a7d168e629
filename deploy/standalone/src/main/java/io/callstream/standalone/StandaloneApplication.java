package io.callstream.standalone;

import io.callstream.gateway.GatewayApplication;
import io.callstream.gateway.journal.Journal;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The main class of the default run: a broker, the gateway, and a message with their addresses. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StandaloneProperties.class)
public class StandaloneApplication {

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(GatewayApplication.class, StandaloneApplication.class);
        application.setDefaultProperties(Map.of(
                "spring.kafka.bootstrap-servers",
                "127.0.0.1:${callstream.standalone.kafka-port:9092}",
                "callstream.journal.folder",
                "${callstream.standalone.data-folder:callstream-data}/journal"));
        GatewayApplication.run(application, arguments);
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
