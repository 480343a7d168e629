package io.callstream.gateway;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/**
 * What Boot's own probes say, without their change of threads: one in some 300 probes that were answered from another
 * thread than the connection's never got its answer.
 */
@Configuration(proxyBeanMethods = false)
class ProbesConfiguration {

    @Bean
    ReactiveHealthIndicator livenessStateHealthIndicator(ApplicationAvailability availability) {
        return () -> Mono.fromSupplier(() -> state(availability.getLivenessState() == LivenessState.CORRECT));
    }

    @Bean
    ReactiveHealthIndicator readinessStateHealthIndicator(ApplicationAvailability availability) {
        return () ->
                Mono.fromSupplier(() -> state(availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC));
    }

    private static Health state(boolean good) {
        return (good ? Health.up() : Health.outOfService()).build();
    }
}
