package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.testing.RawHttp;
import io.callstream.gateway.testing.TestGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The limits on what senders can make the gateway hold, set so low that a test reaches them, and how connections end.
 */
@Timeout(180)
class ConnectionsIT {

    private static final String JSON = "{\"uuid\":\"connections\",\"status\":\"ring\"}";
    private static final String GOOD = post(JSON);
    private static final int LIMIT = 40;

    private static TestGateway gateway;

    private static final String MADE_ROOM =
            "callstream_connections_closed_total{port=\"callbacks\",reason=\"made-room\"}";

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                TestBroker.bootstrapServers(),
                "callstream.ingress.head-timeout=1s",
                "callstream.ingress.body-timeout=2s",
                "callstream.ingress.max-connections=" + LIMIT,
                "callstream.ingress.max-reception-size=1MB");
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
    void aRefusalReachesASenderThatWritesFiveMegabytesBeforeItReads() {
        String large = post("x".repeat(5 << 20));
        for (int i = 0; i < 30; i++) {
            RawHttp.Answers answers = RawHttp.sendAndReadToEnd(gateway.port(), large);
            assertThat(answers.statuses()).containsExactly(413);
            assertThat(answers.closed()).isTrue();
        }
        for (String address : List.of("/elsewhere", "/keys/guess/callbacks")) {
            RawHttp.Answers answers = RawHttp.send(gateway.port(), large.replace("/callbacks", address));
            assertThat(answers.statuses().get(0)).as(address).isIn(403, 404);
        }
        String chunks = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
        RawHttp.Answers answers = RawHttp.send(
                gateway.port(),
                "POST /callbacks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks.repeat(160)
                        + "0\r\n\r\n");
        assertThat(answers.statuses()).containsExactly(413);
    }

    @Test
    void aHeadThatDoesNotArriveIsAnswered408AndItsConnectionClosed() {
        try (RawHttp slow = new RawHttp(gateway.port())) {
            slow.write("POST /callbacks HTTP/1.1\r\nHost: x\r\nX: ");
            RawHttp.Answers answers = slow.readToEnd();
            assertThat(answers.statuses()).containsExactly(408);
            assertThat(answers.body()).contains("The head of the request did not arrive in time");
            assertThat(answers.closed()).isTrue();
        }
    }

    @Test
    void aBodyThatDoesNotArriveIsAnswered408AndItsConnectionClosed() {
        try (RawHttp slow = new RawHttp(gateway.port())) {
            slow.write(GOOD.substring(0, GOOD.length() - 1));
            RawHttp.Answers answers = slow.readToEnd();
            assertThat(answers.statuses()).containsExactly(408);
            assertThat(answers.closed()).isTrue();
        }
    }

    @Test
    void anIdleConnectionStaysOpen() {
        try (RawHttp idle = new RawHttp(gateway.port())) {
            idle.write(GOOD);
            assertThat(idle.read(1).statuses()).containsExactly(200);
            assertThat(idle.isClosedWithin(3000)).isFalse();
            idle.write(GOOD);
            assertThat(idle.read(1).statuses()).containsExactly(200);
        }
    }

    @Test
    void aRefusalBehindACallbackLeavesTheConnectionIdle() {
        try (RawHttp idle = new RawHttp(gateway.port())) {
            idle.write(GOOD + "GET /callbacks HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(idle.read(2).statuses()).containsExactly(200, 405);
            assertThat(idle.isClosedWithin(3000)).isFalse();
            idle.write(GOOD);
            assertThat(idle.read(1).statuses()).containsExactly(200);
        }
    }

    @Test
    void aHeadOfManyShortLinesIsRefusedBeforeItIsWhole() {
        try (RawHttp slow = new RawHttp(gateway.port())) {
            slow.write("POST /callbacks HTTP/1.1\r\nHost: x\r\n" + "a:\r\n".repeat(300));
            RawHttp.Answers answers = slow.readToEnd();
            assertThat(answers.statuses()).containsExactly(431);
            assertThat(answers.body()).contains("more than 100 headers");
        }
        assertThat(RawHttp.sendAndReadToEnd(
                                gateway.port(),
                                "POST /callbacks HTTP/1.1\r\nHost: x\r\n" + "a:\r\n".repeat(101) + "\r\n")
                        .statuses())
                .containsExactly(400);
    }

    @Test
    void anUnfinishedRequestMakesRoomForANewConnection() throws Exception {
        double before = gateway.metric("callstream_connections_closed_total");
        List<RawHttp> held = new ArrayList<>();
        try {
            for (int i = 0; i < 3 * LIMIT; i++) {
                RawHttp connection = new RawHttp(gateway.port());
                held.add(connection);
                connection.write("POST /callbacks HTTP/1.1\r\nHost: x\r\nX: ");
                if (i % LIMIT == LIMIT - 1) {
                    // Waits until the gateway has read from all connections and none of them is new.
                    Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
                }
            }
            for (int i = 0; i < 10; i++) {
                RawHttp.Answers answers = RawHttp.send(gateway.port(), GOOD);
                assertThat(answers.statuses()).containsExactly(200);
            }
            assertThat(gateway.metric("callstream_connections_open{port=\"callbacks\"}"))
                    .isLessThanOrEqualTo(LIMIT);
            assertThat(gateway.metric("callstream_connections_closed_total")).isGreaterThanOrEqualTo(before + LIMIT);
            // The operators' port still answers.
            assertThat(RawHttp.send(
                                    gateway.operatorsPort(),
                                    "GET /actuator/health/liveness HTTP/1.1\r\nHost: x\r\n\r\n")
                            .statuses())
                    .containsExactly(200);
        } finally {
            held.forEach(RawHttp::close);
        }
    }

    @Test
    void bodiesThatDoNotArriveMakeRoomForOthers() throws Exception {
        List<RawHttp> held = new ArrayList<>();
        int refused = 0;
        String partly = post("x".repeat(65_000));
        try {
            for (int i = 0; i < 30; i++) {
                RawHttp connection = new RawHttp(gateway.port());
                held.add(connection);
                connection.write(partly.substring(0, partly.length() - 1));
            }
            assertThat(RawHttp.send(gateway.port(), GOOD).statuses()).containsExactly(200);
            assertThat(gateway.metric("callstream_reception_size_bytes{port=\"callbacks\"}"))
                    .isLessThanOrEqualTo(1 << 20);
            for (RawHttp connection : held) {
                RawHttp.Answers answers = connection.readToEnd();
                assertThat(answers.closed()).isTrue();
                assertThat(answers.statuses().get(0)).isIn(408, 503);
                refused += answers.statuses().get(0) == 503 ? 1 : 0;
            }
            assertThat(refused).isGreaterThan(5);
        } finally {
            held.forEach(RawHttp::close);
        }
        assertThat(gateway.metric("callstream_reception_size_bytes{port=\"callbacks\"}"))
                .isZero();
    }

    /**
     * While a sender does not read its answers, the gateway reads no more of its requests. Finally it closes the
     * connection.
     */
    @Test
    void aSenderThatDoesNotReadItsAnswersIsNotReadFromForEver() throws Exception {
        try (RawHttp connection = new RawHttp(gateway.port(), 2048)) {
            String get = "GET /callbacks HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < 40_000; i++) {
                        connection.write(get);
                    }
                } catch (RuntimeException closed) {
                    // Expected: the gateway closes the connection.
                }
            });
            double madeRoom = gateway.metric(MADE_ROOM);
            writer.start();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> gateway.metric(
                                    "callstream_connections_closed_total{port=\"callbacks\",reason=\"answer-unread\"}")
                            > 0);
            assertThat(RawHttp.send(gateway.port(), GOOD).statuses()).containsExactly(200);
            assertThat(gateway.metric(MADE_ROOM))
                    .as("what it went on to send was held")
                    .isEqualTo(madeRoom);
        }
    }
}
