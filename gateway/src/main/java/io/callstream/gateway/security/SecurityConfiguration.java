package io.callstream.gateway.security;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SecurityProperties.class)
class SecurityConfiguration {

    @Bean
    Guard guard(SecurityProperties properties) {
        return new Guard(properties.secret());
    }

    /** Without a secret, the callbacks' port is on loopback only, unless {@code callstream.security.open} is set. */
    @Bean
    WebPageGuard webPageGuard(SecurityProperties properties) {
        return new WebPageGuard(properties.secret() == null && !properties.open());
    }
}
