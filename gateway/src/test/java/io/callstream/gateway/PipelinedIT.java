package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.RawHttp;
import io.callstream.gateway.testing.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every request on a connection is answered, in order. Answers come immediately from the event loop (a refusal) or
 * later from another thread (a callback), pipelined or one by one. Reactor Netty 1.3.7 lost some of them (its issue
 * 4361).
 */
@Timeout(120)
class PipelinedIT {

    private static final String CALLBACK = post("{\"uuid\":\"pipelined\",\"status\":\"ring\"}");
    private static final String BAD = post("{");
    private static final String REFUSED = "GET /callbacks HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String NOWHERE = "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(TestBroker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String post(String body) {
        return "POST /callbacks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body);
    }

    @Test
    void aConnectionDoesNotStallBehindAQueuedRefusal() {
        try (RawHttp connection = new RawHttp(gateway.port())) {
            connection.write(RawHttp.file("04-stall-first-write.http"));
            assertThat(connection.read(2).statuses()).containsExactly(200, 405);
            connection.write(RawHttp.file("04-stall-second-write.http"));
            assertThat(connection.read(1).statuses()).containsExactly(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1\r\nConnection: close", "HTTP/1.0"})
    void theLastOneIsAnsweredBeforeTheConnectionIsClosed(String last) {
        String request = CALLBACK + CALLBACK.replace("HTTP/1.1", last) + CALLBACK;
        for (int i = 0; i < 5; i++) {
            RawHttp.Answers answers = RawHttp.sendAndReadToEnd(gateway.port(), request);
            assertThat(answers.statuses()).containsExactly(200, 200);
        }
    }

    @Test
    void everyAnswerComesInItsTurn() {
        Random random = new Random(4361);
        for (int round = 0; round < 20; round++) {
            try (RawHttp connection = new RawHttp(gateway.port())) {
                for (int write = 0; write < 3; write++) {
                    StringBuilder requests = new StringBuilder();
                    List<Integer> expected = new ArrayList<>();
                    for (int i = random.nextInt(6); i >= 0; i--) {
                        switch (random.nextInt(4)) {
                            case 0 -> add(requests, CALLBACK, expected, 200);
                            case 1 -> add(requests, BAD, expected, 400);
                            case 2 -> add(requests, REFUSED, expected, 405);
                            default -> add(requests, NOWHERE, expected, 404);
                        }
                    }
                    connection.write(requests.toString());
                    List<Integer> found = new ArrayList<>();
                    while (found.size() < expected.size()) {
                        found.addAll(connection.read(1).statuses());
                    }
                    assertThat(found).as("round %d", round).isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"150, 10", "10, 60000"})
    void aLongPipelineIsAnsweredWhole(int requests, int padding) throws Exception {
        String request =
                post("{\"uuid\":\"pipelined\",\"status\":\"ring\",\"extra\":\"%s\"}".formatted("x".repeat(padding)));
        try (RawHttp connection = new RawHttp(gateway.port())) {
            Thread writer = new Thread(() -> connection.write(request.repeat(requests)));
            writer.start();
            int answered = 0;
            while (answered < requests) {
                List<Integer> statuses = connection.read(1).statuses();
                assertThat(statuses).isNotEmpty().containsOnly(200);
                answered += statuses.size();
            }
            writer.join();
        }
        assertThat(gateway.metric("callstream_reception_size_bytes{port=\"callbacks\"}"))
                .isZero();
    }

    private static void add(StringBuilder requests, String request, List<Integer> expected, int status) {
        requests.append(request);
        expected.add(status);
    }
}
