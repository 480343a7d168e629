package io.callstream.gateway;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/** Logs the ports and the main paths once the gateway has started. */
public final class Listening implements ApplicationListener<ApplicationReadyEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        Environment environment = event.getApplicationContext().getEnvironment();
        LOG.info(
                "Port {} receives callbacks: POST /callbacks/extension-status and /callbacks/bill. Port {} is for operators:"
                        + " /actuator/health, /actuator/prometheus, /contract/.",
                environment.getProperty("local.server.port"),
                environment.getProperty("local.management.port"));
    }
}
