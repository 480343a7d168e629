package io.callstream.gateway.testing;

import io.callstream.dialler.BodyForm;
import io.callstream.dialler.GatewayAddress;
import io.callstream.dialler.Ledger;
import io.callstream.dialler.Plan;
import io.callstream.dialler.Platform;
import io.callstream.dialler.Tally;
import io.callstream.dialler.Witness;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** Runs a campaign of the dialler's platform against a gateway, and checks the records in Kafka with a ledger. */
public final class TestCampaign {

    static {
        TestGateway.watchEventLoops();
    }

    private static final int CONNECTIONS = 64;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /**
     * High enough to reach the rate immediately. Low enough that a callback is answered before the next one of its call
     * is due.
     */
    private static final int SPEED = 30;
    /** A new seed for each campaign, so that campaigns do not share calls. */
    private static final AtomicLong SEEDS = new AtomicLong(System.nanoTime());

    private final Plan plan;
    private final GatewayAddress address;
    private final Tally tally = new Tally();
    private final Ledger ledger = new Ledger();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final Map<TopicPartition, Long> judged = new HashMap<>();

    private TestCampaign(String url, Plan plan) {
        this.plan = plan;
        this.address = GatewayAddress.of(url, null);
    }

    /**
     * Sends this many callbacks a second, even if they are refused. An answer's time counts from when its callback was
     * due.
     */
    public static TestCampaign atRate(String url, double callbacksPerSecond) {
        return new TestCampaign(
                url,
                new Plan(
                        SEEDS.getAndIncrement(),
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        callbacksPerSecond,
                        SPEED,
                        Duration.ZERO,
                        true,
                        false,
                        0,
                        0,
                        0));
    }

    /** Sends this many callbacks. The next callback of a call follows the answer to its previous one. */
    public static TestCampaign asFastAsAnswered(String url, long callbacks) {
        return new TestCampaign(url, Plan.asFastAsAnswered(SEEDS.getAndIncrement(), callbacks));
    }

    /** Starts to send. Sends nothing more when {@code goingOn} is false, and does not retry a refused callback. */
    public TestCampaign begin(BooleanSupplier goingOn) {
        Thread thread = new Thread(
                () -> {
                    try (Platform platform = platform()) {
                        platform.play(plan, tally, ledger, goingOn);
                        over.complete(null);
                    } catch (RuntimeException | Error e) {
                        over.completeExceptionally(e);
                    }
                },
                "campaign");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private Platform platform() {
        return new Platform(address, BodyForm.URLENCODED, CONNECTIONS, PATIENCE);
    }

    /** Waits until every callback that was sent is answered or given up. */
    public void awaitEnd(Duration atMost) throws Exception {
        try {
            over.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("The campaign goes on", e);
        }
    }

    /**
     * Sends callbacks of new calls until one is accepted, and returns the id of its call. The campaign must have ended.
     */
    public String fresh() {
        AtomicReference<String> fresh = new AtomicReference<>();
        Witness witness = new Witness() {
            @Override
            public void sent(String call, String arrives) {
                fresh.set(call);
                ledger.sent(call, arrives);
            }

            @Override
            public void answered(String call, Answer answer) {
                ledger.answered(call, answer);
            }
        };
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
            Tally own = new Tally();
            try (Platform platform = platform()) {
                platform.play(Plan.asFastAsAnswered(SEEDS.getAndIncrement(), 1), own, witness, () -> true);
            }
            return own.accepted() == 1;
        });
        return fresh.get();
    }

    public Tally tally() {
        return tally;
    }

    public Duration slowest() {
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(tally.latencies().getMaxValue()));
    }

    /** Returns the time within which this percentage of the answers came. */
    public Duration percentile(double percent) {
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(tally.latencies().getValueAtPercentile(percent)));
    }

    /** Passes the records that it has not seen yet to the ledger, in the order of each partition. */
    public Ledger judge(List<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            if (record.offset() > judged.getOrDefault(partition, -1L)) {
                judged.put(partition, record.offset());
                ledger.take(record);
            }
        }
        return ledger;
    }

    /** Fails if the ledger finds a fault. Repeats that can be recognised are no fault. The campaign must have ended. */
    public Ledger.Verdict judgeClean(List<ConsumerRecord<byte[], byte[]>> records) {
        Ledger.Verdict verdict = judge(records).verdict();
        if (!verdict.isClean()) {
            throw new AssertionError(verdict.toString());
        }
        return verdict;
    }
}
