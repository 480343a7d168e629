package io.callstream.gateway.testing;

import io.netty.buffer.Unpooled;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Plays calls at a gateway over 64 keep-alive connections and knows what must come of them. */
public final class Campaign {

    private static final int CONNECTIONS = 64;
    public static final List<String> KINDS = List.of("ring", "answer", "hangup", "bill");

    private final String name;
    private final String url;
    private final HttpClient client;
    private final ConnectionProvider connections;
    /** What was answered 2xx: {@code call/kind}. */
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    /** What was answered otherwise, by status. */
    private final Map<Integer, AtomicLong> refused = new ConcurrentHashMap<>();

    private final AtomicLong slowestNanos = new AtomicLong();

    public Campaign(String name, TestGateway gateway) {
        this.name = name;
        this.url = gateway.url("/callbacks");
        this.connections = ConnectionProvider.builder(name)
                .maxConnections(CONNECTIONS)
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(Duration.ofMinutes(2))
                .build();
        this.client = HttpClient.create(connections)
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

    /** Calls in turn until it is told to stop; whatever is refused is not sent again. */
    public Mono<Void> until(BooleanSupplier goingOn) {
        AtomicLong next = new AtomicLong();
        return Flux.range(0, CONNECTIONS)
                .flatMap(
                        lane -> Mono.defer(() -> {
                                    int call = (int) next.getAndIncrement();
                                    return Flux.fromIterable(KINDS)
                                            .concatMap(kind -> post(call, kind))
                                            .then();
                                })
                                .repeat(goingOn)
                                .then(),
                        CONNECTIONS)
                .then()
                .doFinally(signal -> connections.dispose());
    }

    private Mono<Void> post(int call, String kind) {
        String id = name + '-' + call;
        String callback = kind.equals("bill")
                ? "{\"uuid\":\"" + id + "\",\"billsec\":19,\"callmethod\":5,\"companycode\":\"104026\"}"
                : "{\"uuid\":\"" + id + "\",\"status\":\"" + kind + "\",\"companycode\":\"104026\"}";
        return Mono.defer(() -> {
            long sent = System.nanoTime();
            return client.post()
                    .uri(url)
                    .send(Mono.just(Unpooled.copiedBuffer(
                            "detail=" + URLEncoder.encode(callback, StandardCharsets.UTF_8), StandardCharsets.UTF_8)))
                    .responseSingle((response, body) -> {
                        slowestNanos.accumulateAndGet(System.nanoTime() - sent, Math::max);
                        int status = response.status().code();
                        if (status == 200) {
                            acknowledged.add(id + '/' + kind);
                        } else {
                            refused.computeIfAbsent(status, s -> new AtomicLong())
                                    .incrementAndGet();
                        }
                        return body.then();
                    });
        });
    }

    public Set<String> acknowledged() {
        return acknowledged;
    }

    public Map<Integer, AtomicLong> refused() {
        return refused;
    }

    public Duration slowest() {
        return Duration.ofNanos(slowestNanos.get());
    }

    /**
     * What the topic holds of this campaign.
     *
     * @param lost acknowledged but not there
     * @param repeats there more often than once
     * @param inverted calls whose first emissions are not in the order of {@link #KINDS}
     * @param scattered calls in more than one partition
     */
    public record Verdict(
            int records, Set<String> lost, List<String> repeats, List<String> inverted, List<String> scattered) {}

    public Verdict judge(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, List<String>> firsts = new HashMap<>();
        Map<String, Integer> partitions = new HashMap<>();
        List<String> repeats = new ArrayList<>();
        Set<String> scattered = new HashSet<>();
        Set<String> there = new HashSet<>();
        int count = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String call = Topic.key(record);
            if (!call.startsWith(name + '-')) {
                continue;
            }
            count++;
            String type = Topic.headers(record).get("ce_type");
            String kind = type.substring("io.callstream.call.".length(), type.length() - ".v1".length());
            if (partitions.merge(call, record.partition(), (former, now) -> former.equals(now) ? now : -1) == -1) {
                scattered.add(call);
            }
            if (there.add(call + '/' + kind)) {
                firsts.computeIfAbsent(call, c -> new ArrayList<>()).add(kind);
            } else {
                repeats.add(call + '/' + kind);
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
        lost.removeAll(there);
        return new Verdict(count, Collections.unmodifiableSet(lost), repeats, inverted, List.copyOf(scattered));
    }
}
