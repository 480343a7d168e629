package io.callstream.console;

import io.callstream.console.pages.Routes;
import io.callstream.gateway.GatewayApplication;
import io.callstream.gateway.Listening;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/** The main class of a gateway with the console. It connects to a Kafka that runs elsewhere. */
public class ConsoleApplication {

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleApplication.class);

    private static final String HELP = """
            Callstream receives the callbacks of telephone calls and publishes them to Kafka. This gateway has the console
            on its operators' port, at /console/.

            Arguments are settings, --name=value, as of the gateway. The console's own:

              --callstream.console.actions=false   whether pages may resend refused callbacks and post test callbacks
              --callstream.console.hosts=NAME,…    names by which browsers may reach it, besides IP addresses
              --callstream.console.calls=100000    calls that are kept in memory to be searched

            deploy/console/README.md describes them.
            """;

    private ConsoleApplication() {}

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(GatewayApplication.class, ConsoleConfiguration.class);
        application.addListeners(new Listening(), (ApplicationListener<ApplicationReadyEvent>) ConsoleApplication::say);
        GatewayApplication.run(application, HELP, arguments);
    }

    private static void say(ApplicationReadyEvent event) {
        ApplicationContext context = event.getApplicationContext();
        if (context.getBeanProvider(Routes.class).getIfAvailable() != null) {
            LOG.info(
                    "Port {} also has the console: /console/.",
                    context.getEnvironment().getProperty("local.management.port"));
        }
    }
}
