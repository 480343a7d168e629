package io.callstream.gateway.security;

import io.callstream.gateway.codec.Privacy;
import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.TenantProperties.SecretProperties;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({SecurityProperties.class, PrivacyProperties.class})
class SecurityConfiguration {

    @Bean
    Guard guard(SecurityProperties properties, GatewayMetrics metrics) {
        return new Guard(
                new ClientAddress(
                        properties.trustedProxies().stream().map(Network::parse).toList()),
                new Denials(metrics),
                Clock.systemUTC());
    }

    /** Gives the guard its tenants, and again whenever the tenants file has changed. */
    @Bean
    TenantsReload tenantsReload(SecurityProperties properties, Guard guard, GatewayMetrics metrics) {
        return properties.tenantsFile() == null
                ? new TenantsReload(null, single(properties.secret()), guard, metrics)
                : new TenantsReload(new TenantsFile(properties.tenantsFile()), null, guard, metrics);
    }

    private static @Nullable Tenants single(@Nullable String secret) {
        return secret == null
                ? null
                : new Tenants(
                        Map.of(
                                Tenant.DEFAULT,
                                TenantProperties.of(
                                        Map.of(Tenant.DEFAULT, new SecretProperties(secret, null)), List.of())),
                        null);
    }

    /** The privacy of tenants that have no settings of their own. */
    @Bean
    Privacy privacy(PrivacyProperties properties) {
        return properties.privacy("callstream.privacy");
    }

    /** Without a secret, the callbacks' port is on loopback only, unless {@code callstream.security.open} is set. */
    @Bean
    WebPageGuard webPageGuard(SecurityProperties properties) {
        return WebPageGuard.ofCallbacks(!properties.isGuarded() && !properties.open());
    }
}
