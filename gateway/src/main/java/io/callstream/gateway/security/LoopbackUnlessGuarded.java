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
 * Keeps a gateway that anybody could post to on this machine: without a secret both ports listen on loopback, unless it
 * is told to be open. An address that was configured all the same stops the start.
 */
final class LoopbackUnlessGuarded implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String LOOPBACK = "127.0.0.1";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        String secret = environment.getProperty("callstream.security.secret", "");
        boolean open = Binder.get(environment)
                .bind("callstream.security.open", Boolean.class)
                .orElse(false);
        if (!secret.isEmpty() || open) {
            return;
        }
        Map<String, Object> addresses = new HashMap<>();
        for (String key : new String[] {"server.address", "management.server.address"}) {
            String configured = environment.getProperty(key);
            if (configured == null) {
                addresses.put(key, LOOPBACK);
            } else if (!isLoopback(configured)) {
                throw new InvalidConfigurationPropertyValueException(
                        key,
                        configured,
                        "Nothing would keep strangers out: set callstream.security.secret, or say"
                                + " callstream.security.open=true.");
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
