package io.callstream.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class KafkaLinkTest {

    private final KafkaLink link = new KafkaLink("kafka:9092");
    private final Logger logger = (Logger) LoggerFactory.getLogger(KafkaLink.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void anOutageIsOneLineAndItsEndAnother() {
        link.down(new ExecutionException(new TimeoutException("listNodes")));
        link.down(new ExecutionException(new TimeoutException("describeTopics")));
        link.down(new TimeoutException("send"));
        link.up();
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(2)
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("Kafka at kafka:9092 cannot be reached."),
                        line -> assertThat(line).startsWith("Kafka at kafka:9092 is back"));
    }

    @Test
    void anotherCauseIsAnotherLine() {
        link.down(new ExecutionException(new TimeoutException("listNodes")));
        link.down(new ExecutionException(new SaslAuthenticationException("bad password")));
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(2)
                .last()
                .asString()
                .startsWith("Kafka at kafka:9092 rejects the gateway's credentials.");
        assertThat(link.trouble()).startsWith("Kafka at kafka:9092 rejects the gateway's credentials.");
    }

    @Test
    void aKafkaThatAnswersIsNotCalledUnreachable() {
        link.down(new UnknownTopicOrPartitionException("This server does not host this topic-partition."));
        assertThat(link.trouble())
                .isEqualTo("Kafka at kafka:9092 answers with an error. Check its brokers and the topics calls.*.");
    }
}
