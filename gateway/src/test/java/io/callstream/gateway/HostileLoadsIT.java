package io.callstream.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.dialler.Ledger;
import io.callstream.embeddedkafka.testing.BrokerProcess;
import io.callstream.gateway.testing.GatewayProcess;
import io.callstream.gateway.testing.RawHttp;
import io.callstream.gateway.testing.TestCampaign;
import io.callstream.gateway.testing.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs every load that a patient attacker tried, one after the other, on one gateway with a heap of 512 MB. The gateway
 * survives, its memory use returns to normal, and it answers good callbacks and probes during every load. At the end it
 * receives only good callbacks, for as many minutes as {@code -Dgood-minutes=5} says.
 */
@Tag("slow")
@Timeout(1800)
class HostileLoadsIT {

    private static final int GOOD_MINUTES = Integer.getInteger("good-minutes", 1);
    private static final int RATE = 200;
    private static final long MAY_REMAIN = 20 << 20;
    private static final byte[] BAD_ITEMS =
            post("application/x-www-form-urlencoded", "detail=x&".repeat(2000)).getBytes(ISO_8859_1);

    private static final Duration FAST_ENOUGH = Duration.ofMillis(500);

    private static final String GOOD = post("application/json", "{\"uuid\":\"good\",\"status\":\"ring\"}");

    private final BrokerProcess broker = new BrokerProcess();
    private final GatewayProcess gateway = new GatewayProcess(broker.bootstrapServers()).heap("512m");
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<RawHttp> held = new ArrayList<>();

    private interface Load {
        void run() throws Exception;
    }

    @BeforeEach
    void start() throws Exception {
        broker.start();
        gateway.start();
    }

    @AfterEach
    void end() {
        letGo();
        gateway.close();
        broker.close();
    }

    private void letGo() {
        held.forEach(RawHttp::close);
        held.clear();
    }

    @Test
    void itHoldsAgainstEveryLoadAndIsAsItWas() throws Exception {
        good(1000, Duration.ofSeconds(20));
        for (int i = 0; i < 500; i++) {
            // The code that rejects items must be warm, too.
            warm(BAD_ITEMS);
        }
        long before = gateway.heapAfterCollection();

        load("8,000 names of 60 KB, none twice", this::longNames);
        load("8,000 connections with a body that is not whole", this::partialBodies);
        load("1,500 connections that do not read what 2,000 items are answered", this::unreadAnswers);
        load("5,000 connections with a head that is not whole", this::slowHeads);
        load("the worst bodies, for ten seconds", this::worstBodies);
        broker.pause();
        load("control characters while Kafka stands still", this::controlCharacters);
        broker.resume();
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> gateway.backlog() == 0);
        gateway.awaitCountersAgree();

        Ledger.Verdict verdict = good(1000, Duration.ofMinutes(GOOD_MINUTES));
        System.out.printf("good callbacks for %d min: %s%n", GOOD_MINUTES, verdict);
        letGo();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> gateway.heapAfterCollection() - before < MAY_REMAIN);
        System.out.printf("heap before %,d, after %,d bytes%n", before, gateway.heapAfterCollection());
        assertThat(gateway.said()).doesNotContain("OutOfMemory").doesNotContain("\tat ");
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The executor is shut down below.
    private void load(String name, Load load) throws Exception {
        AtomicBoolean goingOn = new AtomicBoolean(true);
        TestCampaign campaign = TestCampaign.atRate(gateway.url(), RATE).begin(goingOn::get);
        AtomicInteger probes = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        ScheduledExecutorService prober = Executors.newSingleThreadScheduledExecutor();
        prober.scheduleAtFixedRate(() -> probe(probes, failed), 0, 200, TimeUnit.MILLISECONDS);
        long began = System.nanoTime();
        load.run();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        goingOn.set(false);
        campaign.awaitEnd(Duration.ofMinutes(1));
        prober.shutdown();
        assertThat(prober.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        System.out.printf(
                "| %-66s | %5.1f s | good: %6d, p99 %4d ms, worst %5d ms, other %s, unanswered %d | probes %d, failed %d | heap %3d MB | resident %3d MB |%n",
                name,
                took.toMillis() / 1000.0,
                campaign.tally().accepted(),
                campaign.percentile(99).toMillis(),
                campaign.slowest().toMillis(),
                campaign.tally().refused(),
                campaign.tally().unanswered(),
                probes.get(),
                failed.get(),
                gateway.heapAfterCollection() >> 20,
                gateway.residentBytes() >> 20);
        assertThat(gateway.isAlive()).isTrue();
        assertThat(failed).hasValue(0);
        assertThat(campaign.tally().refused()).as(name).isEmpty();
        assertThat(campaign.percentile(99)).as(name).isLessThan(FAST_ENOUGH);
    }

    private void probe(AtomicInteger probes, AtomicInteger failed) {
        probes.incrementAndGet();
        try {
            if (client.send(liveness(), HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
                failed.incrementAndGet();
            }
        } catch (IOException | InterruptedException e) {
            failed.incrementAndGet();
        }
    }

    private HttpRequest liveness() {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway.operatorsPort() + "/actuator/health/liveness"))
                .timeout(Duration.ofSeconds(2))
                .build();
    }

    private Ledger.Verdict good(int rate, Duration time) throws Exception {
        AtomicBoolean goingOn = new AtomicBoolean(true);
        TestCampaign campaign = TestCampaign.atRate(gateway.url(), rate).begin(goingOn::get);
        long began = System.nanoTime();
        Awaitility.await().atMost(time.plusMinutes(1)).until(() -> System.nanoTime() - began > time.toNanos());
        goingOn.set(false);
        campaign.awaitEnd(Duration.ofMinutes(1));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> gateway.backlog() == 0);
        gateway.awaitCountersAgree();
        System.out.printf(
                "good callbacks: %,d answered 200, p99 %d ms, worst %d ms%n",
                campaign.tally().accepted(),
                campaign.percentile(99).toMillis(),
                campaign.slowest().toMillis());
        assertThat(campaign.tally().refused()).isEmpty();
        assertThat(campaign.tally().unanswered()).isZero();
        try (Topic events = new Topic(broker.bootstrapServers(), "calls.events")) {
            return campaign.judgeClean(events.read());
        }
    }

    private static String post(String type, String body) {
        return "POST /callbacks HTTP/1.1\r\nHost: gateway\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(type, body.length(), body);
    }

    private void longNames() {
        String rest = "k".repeat(60_000);
        try (RawHttp connection = new RawHttp(gateway.port())) {
            for (int i = 0; i < 8000; i++) {
                connection.write(post(
                        "application/json",
                        "[{\"uuid\":\"n-%d\",\"status\":\"ring\",\"%d%s\":1}]".formatted(i, i, rest)));
                assertThat(connection.read(1).statuses().get(0)).isIn(400, 503);
            }
        }
    }

    private void partialBodies() {
        byte[] partly = post("application/json", "x".repeat(65_536))
                .substring(0, 65_000)
                .getBytes(ISO_8859_1);
        try (RawHttp good = new RawHttp(gateway.port())) {
            for (int i = 0; i < 8000; i++) {
                hold(partly, 0);
                if (i % 20 == 0) {
                    // Waiting for this answer keeps the load as slow as the gateway.
                    good.write(GOOD);
                    assertThat(good.read(1).statuses()).containsExactly(200);
                }
            }
        }
        assertThat(RawHttp.send(gateway.port(), GOOD).statuses()).containsExactly(200);
        letGo();
    }

    private void unreadAnswers() {
        for (int i = 0; i < 1500; i++) {
            hold(BAD_ITEMS, 2048);
        }
        assertThat(RawHttp.send(gateway.port(), GOOD).statuses()).containsExactly(200);
        letGo();
    }

    private void warm(byte[] request) {
        try (RawHttp connection = new RawHttp(gateway.port())) {
            connection.write(request);
            assertThat(connection.read(1).statuses()).containsExactly(400);
        }
    }

    private void slowHeads() throws Exception {
        for (int i = 0; i < 5000; i++) {
            hold("POST /callbacks HTTP/1.1\r\nHost: gateway\r\nX: ".getBytes(ISO_8859_1), 0);
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> gateway.metric("callstream_connections_open{port=\"callbacks\"}") < 100);
        letGo();
    }

    private void hold(byte[] bytes, int receiveBuffer) {
        RawHttp connection = new RawHttp(gateway.port(), receiveBuffer);
        held.add(connection);
        try {
            connection.write(bytes);
        } catch (UncheckedIOException closed) {
            // The gateway has closed the connection to make room for another one.
        }
    }

    private void worstBodies() throws InterruptedException {
        List<byte[]> bodies = List.of(
                post("application/x-www-form-urlencoded", "a&".repeat(32_768)).getBytes(ISO_8859_1),
                post(
                                "application/json",
                                "{\"uuid\":\"u\",\"v\":" + "{\"b\":1,\"a\":".repeat(30) + "\"" + "x".repeat(64_000)
                                        + "\"" + "}".repeat(30) + "}")
                        .getBytes(ISO_8859_1),
                RawHttp.file("hostile/03-array-2000-ones.http"),
                RawHttp.file("hostile/05-array-2000-utf16be-30k.http"),
                RawHttp.file("hostile/07-part-with-unknown-charsets-16k.http"));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int first = i;
            Thread sender = new Thread(() -> {
                try (RawHttp connection = new RawHttp(gateway.port())) {
                    for (int next = first; System.nanoTime() < end; next++) {
                        connection.write(bodies.get(next % bodies.size()));
                        assertThat(connection.read(1).statuses().get(0)).isIn(200, 400, 503);
                    }
                }
            });
            sender.start();
            senders.add(sender);
        }
        for (Thread sender : senders) {
            sender.join();
        }
    }

    /** Each event is twelve times as large as its callback. */
    private void controlCharacters() {
        for (int i = 0; i < 600; i++) {
            RawHttp.Answers answers = RawHttpControl.send(gateway.port(), i);
            assertThat(answers.statuses().get(0)).isIn(200, 503);
        }
    }

    /** A form with 65,000 control characters in the field {@code callee}. */
    static final class RawHttpControl {

        private RawHttpControl() {}

        static RawHttp.Answers send(int port, int call) {
            String body = part("uuid", "control-" + call) + part("status", "ring")
                    + part("callee", "\u0001".repeat(65_000)) + "--b--";
            try (RawHttp connection = new RawHttp(port)) {
                connection.write(post("multipart/form-data; boundary=b", body));
                return connection.read(1);
            }
        }

        private static String part(String name, String value) {
            return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
        }
    }
}
