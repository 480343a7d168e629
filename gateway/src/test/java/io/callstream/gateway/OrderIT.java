package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.dialler.Ledger;
import io.callstream.embeddedkafka.testing.TestBroker;
import io.callstream.gateway.journal.Journal;
import io.callstream.gateway.testing.TestCampaign;
import io.callstream.gateway.testing.TestGateway;
import io.callstream.gateway.testing.Topic;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Thousands of callbacks over 64 connections: none is missing, none is repeated, and they are in order. */
@Timeout(240)
class OrderIT {

    private static final int CALLBACKS = 20_000;
    private static final int CALLS_AT_ONCE = 2000;
    private static final int AT_A_TIME = 64;
    private static final List<String> STATUSES = List.of("ring", "answer", "hangup");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(TestBroker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void callbacksSentInTurnStandInThatOrder() throws Exception {
        TestCampaign campaign = TestCampaign.asFastAsAnswered(gateway.url("/callbacks"), CALLBACKS)
                .begin(() -> true);
        campaign.awaitEnd(Duration.ofMinutes(3));
        assertThat(campaign.tally().accepted()).isEqualTo(CALLBACKS);
        Ledger.Verdict verdict = campaign.judgeClean(published());
        assertThat(verdict.arrived()).isEqualTo(CALLBACKS);
        assertThat(verdict.repeats()).isZero();
    }

    @Test
    void callbacksOfACallSentAtOnceAreAllThere() {
        Flux.range(0, CALLS_AT_ONCE)
                .flatMapIterable(call -> STATUSES.stream()
                        .map(status -> "{\"uuid\":\"at-once-%d\",\"status\":\"%s\"}".formatted(call, status))
                        .toList())
                .flatMap(
                        callback -> Mono.fromFuture(gateway.postAsync("/callbacks", "application/json", callback)),
                        AT_A_TIME)
                .doOnNext(answer -> assertThat(answer.statusCode()).isEqualTo(200))
                .blockLast(Duration.ofMinutes(3));
        Map<String, List<String>> found = published().stream()
                .filter(record -> Topic.key(record).startsWith("at-once-"))
                .collect(Collectors.groupingBy(
                        Topic::key,
                        Collectors.mapping(
                                record -> JSON.readTree(record.value())
                                        .get("kind")
                                        .asString(),
                                Collectors.toList())));
        found.values().forEach(kinds -> kinds.sort(Comparator.comparing(STATUSES::indexOf)));
        assertThat(found).hasSize(CALLS_AT_ONCE);
        assertThat(found.values()).allSatisfy(kinds -> assertThat(kinds).isEqualTo(STATUSES));
    }

    private static List<ConsumerRecord<byte[], byte[]>> published() {
        // The answers came when the records were on disk. Kafka may not have all of them yet.
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> gateway.bean(Journal.class).backlog().records() == 0);
        try (Topic events = new Topic(TestBroker.bootstrapServers(), "calls.events")) {
            return events.read();
        }
    }
}
