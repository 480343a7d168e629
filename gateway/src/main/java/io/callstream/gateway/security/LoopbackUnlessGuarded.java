package io.callstream.gateway.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Makes an unprotected port listen on loopback only. No secret protects the operators' port, so it listens on loopback
 * unless an address is configured for it. The callbacks' port listens on loopback if the gateway has no secret and
 * {@code callstream.security.open} is not set. In that case, a configured address that is not loopback stops the start.
 */
final class LoopbackUnlessGuarded implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String CALLBACKS = "server.address";
    private static final String OPERATORS = "management.server.address";
    private static final String LOOPBACK = "127.0.0.1";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        boolean guarded =
                !environment.getProperty("callstream.security.secret", "").isEmpty()
                        || !environment
                                .getProperty("callstream.security.tenants-file", "")
                                .isEmpty();
        boolean open = Binder.get(environment)
                .bind("callstream.security.open", Boolean.class)
                .orElse(false);
        Map<String, Object> addresses = new HashMap<>();
        if (environment.getProperty(OPERATORS) == null) {
            addresses.put(OPERATORS, LOOPBACK);
        }
        if (!guarded && !open) {
            String configured = environment.getProperty(CALLBACKS);
            if (configured == null) {
                addresses.put(CALLBACKS, LOOPBACK);
            } else if (!isLoopback(configured)) {
                throw new InvalidConfigurationPropertyValueException(
                        CALLBACKS,
                        configured,
                        "Anybody could post callbacks: set callstream.security.secret, or callstream.security.open=true.");
            }
        }
        environment.getPropertySources().addLast(new MapPropertySource("loopbackUnlessGuarded", addresses));
    }

    private static boolean isLoopback(String address) {
        try {
            for (InetAddress resolved : InetAddress.getAllByName(address)) {
                if (!resolved.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
