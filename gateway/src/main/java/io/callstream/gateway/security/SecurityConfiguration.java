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

    /** Without a secret nothing but loopback listens, unless the gateway is told to be open. */
    @Bean
    WebPageGuard webPageGuard(SecurityProperties properties) {
        return new WebPageGuard(properties.secret() == null && !properties.open());
    }
}
