package io.callstream.gateway.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps a gateway that anybody could post to on this machine: without a secret both ports listen on loopback, unless it
 * is told to be open. An address that was configured all the same stops the start.
 */
final class LoopbackUnlessGuarded implements EnvironmentPostProcessor {

    private static final String LOOPBACK = "127.0.0.1";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        String secret = environment.getProperty("callstream.security.secret", "");
        boolean open = environment.getProperty("callstream.security.open", Boolean.class, false);
        if (!secret.isEmpty() || open) {
            return;
        }
        Map<String, Object> addresses = new HashMap<>();
        for (String key : new String[] {"server.address", "management.server.address"}) {
            String configured = environment.getProperty(key);
            if (configured == null) {
                addresses.put(key, LOOPBACK);
            } else if (!isLoopback(configured)) {
                throw new IllegalStateException(("%s is %s, but nothing keeps strangers out: set"
                                + " callstream.security.secret, or say callstream.security.open=true.")
                        .formatted(key, configured));
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
