package io.callstream.console;

import io.callstream.console.calls.CallFeed;
import io.callstream.console.calls.CallIndex;
import io.callstream.console.calls.CallRecords;
import io.callstream.console.figures.Figures;
import io.callstream.console.kafka.TopicReader;
import io.callstream.console.pages.PagesSettings;
import io.callstream.console.pages.Routes;
import io.callstream.console.quarantine.RefusedCallbacks;
import io.callstream.gateway.journal.Journal;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Puts the console together. An application that names this class serves it on its operators' port. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "callstream.console.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ConsoleProperties.class)
public class ConsoleConfiguration {

    /** Requests that read Kafka or search at the same time, and those that may wait for each of them. */
    private static final int THREADS = 4;

    private static final int WAITING = 25;

    /** Tests of addresses, campaigns. */
    private static final int ACTIONS = 3;

    @Bean
    CallIndex callIndex(ConsoleProperties properties, MeterRegistry registry) {
        CallIndex index = new CallIndex(properties.calls());
        Gauge.builder("callstream.console.calls", index, CallIndex::size)
                .description("Calls that the console holds in memory")
                .register(registry);
        return index;
    }

    @Bean
    TopicReader topicReader(KafkaProperties kafka, ConsoleProperties properties) {
        Map<String, Object> settings = new HashMap<>(kafka.buildConsumerProperties());
        settings.putAll(properties.kafka());
        return new TopicReader(settings);
    }

    @Bean
    CallFeed callFeed(TopicReader reader, CallIndex index, ConsoleProperties properties) {
        return new CallFeed(reader, index, properties.calls());
    }

    @Bean(destroyMethod = "dispose")
    Scheduler consoleScheduler() {
        return Schedulers.newBoundedElastic(THREADS, WAITING, "console");
    }

    @Bean(destroyMethod = "dispose")
    Scheduler actionsScheduler() {
        return Schedulers.newBoundedElastic(ACTIONS, ACTIONS, "console-actions");
    }

    @Bean
    Figures figures(MeterRegistry registry, Journal journal) {
        return new Figures(registry, journal);
    }

    @Bean(destroyMethod = "dispose")
    Disposable figuresTaking(Figures figures) {
        return Flux.interval(Figures.step()).onBackpressureDrop().subscribe(tick -> figures.sample());
    }

    @Bean
    Routes consolePages(
            CallIndex index,
            CallFeed feed,
            TopicReader reader,
            Figures figures,
            Journal journal,
            MeterRegistry registry,
            ConsoleProperties properties,
            KafkaProperties kafka,
            Environment environment,
            Scheduler consoleScheduler,
            Scheduler actionsScheduler) {
        return new Routes(
                index,
                feed,
                new CallRecords(reader),
                new RefusedCallbacks(reader),
                figures,
                journal,
                registry,
                new PagesSettings(
                        properties.pages(),
                        properties.hosts(),
                        properties.actions(),
                        properties.campaigns(),
                        () -> gateway(properties, environment),
                        servers(kafka)),
                consoleScheduler,
                actionsScheduler);
    }

    /** Known when the gateway listens: its port can be any free one. */
    private static String gateway(ConsoleProperties properties, Environment environment) {
        String secret = environment.getProperty("callstream.security.secret");
        String own = "http://127.0.0.1:" + environment.getProperty("local.server.port", "8080");
        boolean isUsable = secret != null && !secret.startsWith("sha256:");
        return properties.gateway() != null
                ? properties.gateway().toString()
                : isUsable ? own + "/keys/" + secret : own;
    }

    private static @Nullable String servers(KafkaProperties kafka) {
        Object protocol = kafka.buildAdminProperties().get("security.protocol");
        return protocol == null || protocol.equals("PLAINTEXT") ? String.join(",", kafka.getBootstrapServers()) : null;
    }

    /** On the operators' port only, which has an application context of its own. */
    @Bean
    RouterFunction<ServerResponse> consoleRoutes(Routes consolePages, ApplicationContext here) {
        return RouterFunctions.nest(
                request -> !here.equals(request.exchange().getApplicationContext()), consolePages.all());
    }

    /** Before the servers stop: they wait for open answers. */
    @Bean
    ApplicationListener<ContextClosedEvent> consoleEnds(Routes consolePages) {
        return event -> consolePages.close();
    }
}
