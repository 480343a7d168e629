package io.callstream.gateway.testing;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.json.JsonMapper;

/** Plays calls at a gateway over keep-alive connections and knows what must come of them. */
public final class Campaign {

    static {
        TestGateway.watchEventLoops();
    }

    private static final int CONNECTIONS = 64;
    private static final int MOST_CALLS_AT_A_TIME = 8192;
    private static final JsonMapper JSON = JsonMapper.shared();
    public static final List<String> KINDS = List.of("ring", "answer", "hangup", "bill");

    private final String name;
    private final String url;
    private final HttpClient client;
    private final ConnectionProvider connections;
    private final Set<String> sent = ConcurrentHashMap.newKeySet();
    /** What was answered 2xx: {@code call/kind}. */
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    /** What was answered otherwise, by status. */
    private final Map<Integer, AtomicLong> refused = new ConcurrentHashMap<>();
    /** What got no answer: nobody listened, or the connection broke. */
    private final AtomicLong unanswered = new AtomicLong();

    private final AtomicLong nextCall = new AtomicLong();
    private final ConcurrentHistogram micros = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(2), 3);

    public Campaign(String name, String url) {
        this.name = name;
        this.url = url;
        this.connections = ConnectionProvider.builder(name)
                .maxConnections(CONNECTIONS)
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(Duration.ofMinutes(2))
                .build();
        this.client = HttpClient.create(connections)
                // Sent once, as the platform does.
                .disableRetry(true)
                .headers(headers -> headers.set("Content-Type", "application/x-www-form-urlencoded"));
    }

    /** Each call's next callback after the former's answer. */
    public void inTurn(int calls) {
        Flux.range(0, calls)
                .flatMap(
                        call -> Flux.fromIterable(KINDS)
                                .concatMap(kind -> post(call, kind))
                                .then(),
                        CONNECTIONS)
                .then()
                .doFinally(signal -> connections.dispose())
                .block(Duration.ofMinutes(3));
    }

    /** The four callbacks of a call at once. */
    public void atOnce(int calls) {
        Flux.range(0, calls)
                .flatMap(
                        call -> Flux.fromIterable(KINDS)
                                .flatMap(kind -> post(call, kind))
                                .then(),
                        CONNECTIONS / KINDS.size())
                .then()
                .doFinally(signal -> connections.dispose())
                .block(Duration.ofMinutes(3));
    }

    /** Calls in turn on each connection until it is told to stop; whatever is refused is not sent again. */
    public Mono<Void> until(BooleanSupplier goingOn) {
        return Flux.range(0, CONNECTIONS)
                .flatMap(
                        lane -> Mono.defer(() -> call((int) nextCall.getAndIncrement()))
                                .repeat(goingOn)
                                .then(),
                        CONNECTIONS)
                .then()
                .doFinally(signal -> connections.dispose());
    }

    /**
     * So many callbacks a second until it is told to stop, whatever becomes of them; an answer's time is counted from
     * when its callback was due.
     */
    public Mono<Void> atRate(int callbacksPerSecond, BooleanSupplier goingOn) {
        Duration between = Duration.ofNanos(KINDS.size() * TimeUnit.SECONDS.toNanos(1) / callbacksPerSecond);
        // A thread that may block, because the client's classes do while they are loaded.
        return Flux.interval(between, Schedulers.boundedElastic())
                .onBackpressureBuffer(MOST_CALLS_AT_A_TIME)
                .takeWhile(tick -> goingOn.getAsBoolean())
                .flatMap(tick -> call((int) nextCall.getAndIncrement()), MOST_CALLS_AT_A_TIME)
                .then()
                .doFinally(signal -> connections.dispose());
    }

    private Mono<Void> call(int call) {
        return Flux.fromIterable(KINDS).concatMap(kind -> post(call, kind)).then();
    }

    /** One callback more, answered 2xx. */
    public String fresh() {
        int call = (int) nextCall.getAndIncrement();
        String callback = id(call) + '/' + KINDS.get(0);
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
            post(call, KINDS.get(0)).block();
            return acknowledged.contains(callback);
        });
        return callback;
    }

    private String id(int call) {
        return name + '-' + call;
    }

    private static String callback(String id, String kind) {
        return kind.equals("bill")
                ? "{\"uuid\":\"" + id + "\",\"billsec\":19,\"callmethod\":5,\"companycode\":\"104026\"}"
                : "{\"uuid\":\"" + id + "\",\"status\":\"" + kind + "\",\"companycode\":\"104026\"}";
    }

    private Mono<Void> post(int call, String kind) {
        String id = id(call);
        String callback = callback(id, kind);
        return Mono.defer(() -> {
            long began = System.nanoTime();
            sent.add(id + '/' + kind);
            return client.post()
                    .uri(url)
                    .send(Mono.just(Unpooled.copiedBuffer(
                            "detail=" + URLEncoder.encode(callback, StandardCharsets.UTF_8), StandardCharsets.UTF_8)))
                    .responseSingle((response, body) -> {
                        micros.recordValue(
                                Math.min(micros.getHighestTrackableValue(), (System.nanoTime() - began) / 1000));
                        int status = response.status().code();
                        if (status == 200) {
                            acknowledged.add(id + '/' + kind);
                        } else {
                            refused.computeIfAbsent(status, s -> new AtomicLong())
                                    .incrementAndGet();
                        }
                        return body.then();
                    })
                    .onErrorResume(IOException.class, broken -> {
                        unanswered.incrementAndGet();
                        return Mono.empty();
                    });
        });
    }

    public Set<String> acknowledged() {
        return acknowledged;
    }

    public Map<Integer, AtomicLong> refused() {
        return refused;
    }

    public long unanswered() {
        return unanswered.get();
    }

    public Duration slowest() {
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros.getMaxValue()));
    }

    /** The time within which so many per cent of the answers came. */
    public Duration percentile(double percent) {
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros.getValueAtPercentile(percent)));
    }

    /**
     * What the topic holds of this campaign, which sends every callback once.
     *
     * @param lost acknowledged but not there
     * @param spurious there but never sent
     * @param altered there but not what was sent
     * @param repeats there more often than once
     * @param unrecognisable repeats that have another origin than the first
     * @param inverted calls whose first emissions are not in the order of {@link #KINDS}
     * @param scattered calls in more than one partition
     */
    public record Verdict(
            int records,
            Set<String> lost,
            List<String> spurious,
            List<String> altered,
            List<String> repeats,
            List<String> unrecognisable,
            List<String> inverted,
            Set<String> scattered) {

        /** Fails unless nothing is wrong; repeats are not, as long as they can be recognised. */
        public Verdict isClean() {
            if (!(lost.isEmpty()
                    && spurious.isEmpty()
                    && altered.isEmpty()
                    && unrecognisable.isEmpty()
                    && inverted.isEmpty()
                    && scattered.isEmpty())) {
                throw new AssertionError(toString());
            }
            return this;
        }

        @Override
        public String toString() {
            return "%d records, %d lost, %d spurious, %d altered, %d inverted, %d scattered, %d repeats (%d unrecognisable)%s"
                    .formatted(
                            records,
                            lost.size(),
                            spurious.size(),
                            altered.size(),
                            inverted.size(),
                            scattered.size(),
                            repeats.size(),
                            unrecognisable.size(),
                            inverted.isEmpty() && lost.isEmpty()
                                    ? ""
                                    : ", such as "
                                            + List.of(inverted, lost).stream()
                                                    .flatMap(wrong ->
                                                            wrong.stream().limit(3))
                                                    .toList());
        }
    }

    public Verdict judge(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, List<String>> firsts = new HashMap<>();
        Map<String, Integer> partitions = new HashMap<>();
        Map<String, String> origins = new HashMap<>();
        List<String> spurious = new ArrayList<>();
        List<String> altered = new ArrayList<>();
        List<String> repeats = new ArrayList<>();
        List<String> unrecognisable = new ArrayList<>();
        Set<String> scattered = new HashSet<>();
        int count = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String call = Topic.key(record);
            if (!call.startsWith(name + '-')) {
                continue;
            }
            count++;
            Map<String, String> headers = Topic.headers(record);
            String type = headers.get("ce_type");
            String kind = type.substring("io.callstream.call.".length(), type.length() - ".v1".length());
            String callback = call + '/' + kind;
            if (!sent.contains(callback)) {
                spurious.add(callback);
            } else if (!JSON.readTree(record.value()).get("vendor").equals(JSON.readTree(callback(call, kind)))) {
                altered.add(callback);
            }
            if (partitions.merge(call, record.partition(), (former, now) -> former.equals(now) ? now : -1) == -1) {
                scattered.add(call);
            }
            String origin = headers.get("callstream-origin");
            String former = origins.putIfAbsent(callback, origin);
            if (former == null) {
                firsts.computeIfAbsent(call, c -> new ArrayList<>()).add(kind);
            } else {
                repeats.add(callback);
                if (!former.equals(origin)) {
                    unrecognisable.add(callback);
                }
            }
        }
        List<String> inverted = new ArrayList<>();
        firsts.forEach((call, kinds) -> {
            List<String> sorted = new ArrayList<>(kinds);
            sorted.sort((a, b) -> Integer.compare(KINDS.indexOf(a), KINDS.indexOf(b)));
            if (!sorted.equals(kinds)) {
                inverted.add(call + ' ' + kinds);
            }
        });
        Set<String> lost = new HashSet<>(acknowledged);
        lost.removeAll(origins.keySet());
        return new Verdict(count, lost, spurious, altered, repeats, unrecognisable, inverted, scattered);
    }
}
