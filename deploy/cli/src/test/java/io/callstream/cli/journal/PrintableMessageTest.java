package io.callstream.cli.journal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.callstream.cli.Hostile;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrintableMessageTest {

    /** Logs a warning with the logging configuration of {@code callstream journal drain}. */
    private static String logged(Throwable failure) throws Exception {
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(PrintableMessageTest.class.getResource("/io/callstream/cli/journal/logback.xml"));
        Encoder<ILoggingEvent> encoder =
                ((ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").getAppender("console")).getEncoder();
        LoggingEvent event = new LoggingEvent(
                "", context.getLogger("x"), Level.WARN, "Kafka says {}", failure, new Object[] {Hostile.TEXT});
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void whatALogQuotesIsNotObeyed() throws Exception {
        String message = logged(null);
        Hostile.assertHarmless(message);
        assertThat(message.lines()).hasSize(1);
        String failure = logged(new IllegalStateException("FORGED\nFORGED " + Hostile.TEXT));
        Hostile.assertHarmless(failure);
        assertThat(failure).contains("| FORGED");
    }
}
