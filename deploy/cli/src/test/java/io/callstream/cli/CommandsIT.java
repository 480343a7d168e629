package io.callstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.callstream.dialler.GatewayAddress;
import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.gateway.GatewayApplication;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Runs the commands against a real gateway and a real Kafka. */
@Timeout(180)
class CommandsIT {

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static ConfigurableApplicationContext gateway;
    private static String url;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws IOException {
        kafka = EmbeddedKafka.start(
                folder.resolve("kafka"),
                EmbeddedKafka.freePort(),
                reason -> System.err.println("Kafka died: " + reason));
        gateway = gateway(
                kafka.bootstrapServers(),
                folder.resolve("journal"),
                "callstream.security.secret=s3cret-of-the-gateway");
        url = "http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.server.port")
                + "/keys/s3cret-of-the-gateway";
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> new GatewayClient(GatewayAddress.of(url, null))
                        .post(
                                "/keys/s3cret-of-the-gateway/callbacks",
                                Map.of("Content-Type", "application/json"),
                                "{\"uuid\":\"first\",\"billsec\":1}".getBytes(StandardCharsets.UTF_8))
                        .isAccepted());
    }

    private static ConfigurableApplicationContext gateway(String servers, Path journal, String setting) {
        return SpringApplication.run(
                GatewayApplication.class,
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--management.server.port=0",
                "--callstream.ingress.drain-timeout=0s",
                "--spring.kafka.bootstrap-servers=" + servers,
                "--callstream.journal.folder=" + journal,
                "--" + setting);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        kafka.close();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Callstream.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String kafka() {
        return "--kafka=" + kafka.bootstrapServers();
    }

    @Test
    void aSecretIsCreatedAndItsHashIsTheGateways() throws Exception {
        assertThat(run("secret", "new")).isEqualTo(Exit.OK);
        String[] words = out.toString().split("\\s+", -1);
        assertThat(words[1]).matches("callstream_[0-9A-Za-z]{36}");
        try (ConfigurableApplicationContext other =
                gateway(kafka.bootstrapServers(), folder.resolve("hashed"), "callstream.security.secret=" + words[3])) {
            String host = "127.0.0.1:" + other.getEnvironment().getProperty("local.server.port");
            for (String address :
                    List.of("http://default:" + words[1] + '@' + host, "http://" + host + "/keys/" + words[1])) {
                assertThat(run("check", address, kafka()))
                        .as(() -> out.toString() + err)
                        .isEqualTo(Exit.OK);
                assertThat(run("dial", address, kafka(), "--calls=3", "--rate=max", "--verify"))
                        .isEqualTo(Exit.OK);
                assertThat(out.toString()).doesNotContain(words[1]);
            }
            assertThat(run("check", "http://default:wrong-secret-of-this-test@" + host))
                    .isEqualTo(Exit.WRONG);
            assertThat(out.toString()).contains("credential   401").doesNotContain("wrong-secret");
        }
    }

    @Test
    void aCommandForAPageReadsNoFile() throws IOException {
        Path file = Files.writeString(folder.resolve("secret-file"), "content-of-a-file");
        assertThat(Callstream.run(new PrintWriter(out, true), "check", "--secret=", "--", "@" + file))
                .isNotEqualTo(Exit.OK);
        assertThat(out.toString()).doesNotContain("content-of-a-file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart", "urlencoded", "json", "flat"})
    void aCampaignArrivesWhole(String form) {
        int code = run(
                "dial",
                url,
                kafka(),
                "--calls=60",
                "--rate=max",
                "--form=" + form,
                "--both-legs",
                "--drift",
                "--repeats=20",
                "--disorder=20",
                "--missing=10",
                "--verify");
        assertThat(out.toString())
                .contains(" 0 lost, 0 calls out of order")
                .doesNotContain("s3cret-of-the-gateway", "that were not sent or differ");
        assertThat(code).isEqualTo(Exit.OK);
    }

    @Test
    void aRateIsKeptAndShownAsJson() {
        assertThat(run("dial", url, "--callbacks=100", "--rate=200", "--speed=1000", "--json"))
                .isEqualTo(Exit.OK);
        assertThat(out.toString()).contains("\"accepted\":100", "\"p99\":", "\"clean\":true");
    }

    @Test
    void aRefusedCampaignIsWrong() {
        String wrong = url.replace("s3cret-of-the-gateway", "other");
        assertThat(run("dial", wrong, "--calls=3", "--rate=max")).isEqualTo(Exit.WRONG);
        assertThat(out.toString()).contains("answered 401");
        assertThat(run("dial", "127.0.0.1:1", "--calls=3")).isEqualTo(Exit.UNABLE);
        assertThat(err.toString()).contains("No gateway listens at 127.0.0.1:1").doesNotContain("\tat ");
        assertThat(run("dial", url, "--rate=quick")).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("--rate is \"quick\"");
        assertThat(run("dial", url, kafka(), "--calls=3")).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("--kafka is used by --verify and --watch only");
    }

    /** A fake gateway answers every callback 200 and loses, reorders, alters or repeats one. A repeat is no fault. */
    @ParameterizedTest
    @ValueSource(strings = {"loses", "reorders", "alters", "repeats itself"})
    void verificationFindsWhatIsWrong(String fault) throws IOException {
        AtomicInteger count = new AtomicInteger();
        AtomicBoolean faulty = new AtomicBoolean(true);
        List<String> held = new ArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            server.createContext("/", exchange -> {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                if (!body.isEmpty()) {
                    String callback = URLDecoder.decode(body.substring("detail=".length()), StandardCharsets.UTF_8);
                    int number = count.incrementAndGet();
                    boolean odd = number >= 20
                            && (!fault.equals("reorders") || callback.contains("\"ring\""))
                            && faulty.getAndSet(false);
                    if (odd && fault.equals("reorders")) {
                        held.add(callback);
                    } else if (!(odd && fault.equals("loses"))) {
                        publish(
                                producer,
                                odd && fault.equals("alters") ? callback.replace("call", "CALL") : callback,
                                number);
                        if (odd && fault.equals("repeats itself")) {
                            publish(producer, callback, number);
                        }
                        if (!held.isEmpty() && callback.contains(uuid(held.get(0)))) {
                            publish(producer, held.remove(0), Integer.MAX_VALUE);
                        }
                    }
                }
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.setExecutor(Executors.newSingleThreadExecutor());
            server.start();
            int code = run(
                    "dial",
                    "127.0.0.1:" + server.getAddress().getPort(),
                    kafka(),
                    "--calls=200",
                    "--rate=max",
                    "--connections=1",
                    "--form=urlencoded",
                    "--seed=5",
                    "--verify",
                    "--patience=2s");
            switch (fault) {
                case "loses" -> assertThat(out.toString()).contains(" 1 lost, 0 calls out of order");
                case "reorders" -> assertThat(out.toString()).contains(" 0 lost, 1 calls out of order");
                case "alters" -> assertThat(out.toString()).contains(" 1 lost, ", "1 that were not sent or differ");
                default ->
                    assertThat(out.toString()).contains(" 0 lost, 0 calls out of order", "1 repeated by the gateway");
            }
            assertThat(code).isEqualTo(fault.equals("repeats itself") ? Exit.OK : Exit.WRONG);
        } finally {
            server.stop(0);
        }
    }

    private static String uuid(String callback) {
        return callback.replaceAll(".*\"uuid\":\"([^\"]+)\".*", "$1");
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The verification finds a record that does not arrive.
    private static void publish(KafkaProducer<byte[], byte[]> producer, String callback, int origin) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                "calls.events",
                uuid(callback).getBytes(StandardCharsets.UTF_8),
                ("{\"callId\":\"x\",\"vendor\":" + callback + "}").getBytes(StandardCharsets.UTF_8));
        record.headers().add("callstream-origin", ("fake:" + origin).getBytes(StandardCharsets.UTF_8));
        producer.send(record);
    }

    @Test
    void anAddressIsChecked() {
        assertThat(run("check", url + "/callbacks", kafka())).isEqualTo(Exit.OK);
        assertThat(out.toString())
                .contains("credential   the secret is the gateway's", "ring and bill are in partition")
                .doesNotContain("s3cret-of-the-gateway");
        assertThat(run("check", url.replace("s3cret-of-the-gateway", "other"))).isEqualTo(Exit.WRONG);
        assertThat(out.toString()).contains("credential   401").doesNotContain("test call");
        assertThat(run("check", "127.0.0.1:1")).isEqualTo(Exit.WRONG);
        assertThat(out.toString()).contains("does not accept connections");
    }

    @Test
    void quarantineIsListedShownAndSentAgain() throws IOException {
        GatewayClient client = new GatewayClient(GatewayAddress.of(url, null));
        GatewayClient.Reply refused = client.post(
                "/keys/s3cret-of-the-gateway/callbacks/bill",
                Map.of("Content-Type", "multipart/form-data; boundary=b"),
                "--b\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n{\"billsec\":77}\r\n--b--\r\n"
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(refused.status()).isEqualTo(400);
        String id = refused.detail().replaceAll(".*In quarantine as (.*)\\.$", "$1");

        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> run("quarantine", "list", kafka(), "--since=1h") == Exit.OK
                        && out.toString().contains(id));
        assertThat(out.toString()).contains("no-call-id", "14 B");
        assertThat(run("quarantine", "list", kafka(), "-q", "--reason=no-call-id"))
                .isEqualTo(Exit.OK);
        assertThat(out.toString().lines()).contains(id).allMatch(line -> line.matches("[0-9a-f-]{36}"));
        assertThat(run("quarantine", "show", kafka(), id)).isEqualTo(Exit.OK);
        assertThat(out.toString())
                .contains("callstream-reason: no-call-id", "callstream-path: /callbacks/bill")
                .endsWith("| {\"billsec\":77}" + System.lineSeparator());
        assertThat(run("quarantine", "send", kafka(), id, url)).isEqualTo(Exit.WRONG);
        assertThat(out.toString()).contains("400: ").contains("uuid");
        Path edited = Files.writeString(folder.resolve("edited.json"), "{\"uuid\":\"edited\",\"billsec\":77}");
        assertThat(run("quarantine", "send", kafka(), id.substring(0, 8), url, "--edited=" + edited))
                .isEqualTo(Exit.OK);
        assertThat(run("quarantine", "show", kafka(), "nothing-such")).isEqualTo(Exit.UNABLE);
        assertThat(err.toString()).contains("\"quarantine list\" shows the ids");
    }

    @Test
    void quarantineIsListedInTheOrderOfTime() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int second : new int[] {3, 1, 2}) {
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>("calls.quarantine", 0, null, null, new byte[0]);
                Map.of(
                                "callstream-quarantine-id", "at-" + second,
                                "callstream-reason", "order",
                                "callstream-received-at", "2026-01-01T00:00:0" + second + "Z")
                        .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
                producer.send(record).get(3, TimeUnit.MINUTES);
            }
        }
        assertThat(run("quarantine", "list", kafka(), "-q", "--reason=order")).isEqualTo(Exit.OK);
        assertThat(out.toString().lines()).containsExactly("at-1", "at-2", "at-3");
        assertThat(run("quarantine", "list", kafka(), "-q", "--reason=order", "--limit=1"))
                .isEqualTo(Exit.OK);
        assertThat(out.toString().lines()).containsExactly("at-3");
    }

    /**
     * Each row is a quarantined record, and the reason for which the gateway quarantines it again when it is resent.
     */
    @ParameterizedTest
    @CsvSource({
        "callstream-charset:GBK,                                                  {\"memberid\":\"张三\"},          no-call-id",
        "callstream-charset:UTF-8 content-type:application/json,                  [1],                             not-an-object",
        "content-type:application/json;charset=GBK,                               [{\"memberid\":\"张三\"}],        no-call-id",
        "content-type:application/x-www-form-urlencoded callstream-query:a={b},   billsec=7,                       no-call-id",
        "content-type:application/json content-encoding:gzip,                     {\"uuid\":\"c\"},                unsupported",
        "content-type:text/html,                                                  {\"uuid\":\"c\"},                unsupported",
        "callstream-tenant:default,                                               nonsense,                        unsupported",
        "content-type:multipart/form-data;boundary=x callstream-reason:malformed-form, nonsense,                   malformed-form",
        "callstream-charset:GBK,                                                  {\"uuid\":\"gbk\" \"张三\":\"1\"}, not-json",
    })
    @Tag("slow")
    void anUneditedRecordMeetsTheSameOutcome(String headers, String value, String reason) throws Exception {
        String id = UUID.randomUUID().toString();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    "calls.quarantine", null, value.getBytes(headers.contains("GBK") ? "GBK" : "UTF-8"));
            record.headers().add("callstream-quarantine-id", id.getBytes(StandardCharsets.UTF_8));
            for (String header : headers.split(" ", -1)) {
                String[] named = header.split(":", 2);
                record.headers().add(named[0], named[1].getBytes(StandardCharsets.UTF_8));
            }
            producer.send(record).get(3, TimeUnit.MINUTES);
        }
        long before = quarantined(reason);
        assertThat(run("quarantine", "send", kafka(), id, url)).isEqualTo(Exit.WRONG);
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> quarantined(reason) == before + 1);
    }

    /** The number of records with a reason that begins with this text. */
    private long quarantined(String reason) {
        assertThat(run("quarantine", "list", kafka(), "--limit=10000")).isEqualTo(Exit.OK);
        return out.toString()
                .lines()
                .filter(line -> line.contains("  " + reason))
                .count();
    }

    /** Each row is a request. The test posts it, and resends the record that the gateway quarantined. */
    @ParameterizedTest
    @CsvSource({
        "a part in GBK,     multipart/form-data; boundary=b,              ,         GBK,   '--b|Content-Disposition: form-data; name=\"detail\"|Content-Type: text/plain; charset=GBK||{\"memberid\":\"张三\"}|--b--|'",
        "a part,            multipart/form-data; boundary=b,              ,         UTF-8, '--b|Content-Disposition: form-data; name=\"detail\"||[1]|--b--|'",
        "no form,           multipart/form-data; boundary=b,              ,         UTF-8, nonsense",
        "JSON in GBK,       application/json; charset=GBK,                ,         GBK,   {\"memberid\":\"张三\"}",
        "not GBK,           application/json; charset=GBK,                ,         UTF-8, {\"memberid\":\"ÿ\"}",
        "an array's item,   application/json,                             ,         UTF-8, '[{\"a\":1},{\"uuid\":\"ok\",\"status\":\"ring\"}]'",
        "a form,            application/x-www-form-urlencoded,            ,         UTF-8, billsec=7&x=y",
        "a form in GBK,     application/x-www-form-urlencoded; charset=GBK, ,       UTF-8, detail=%7B%22memberid%22%3A%22%D5%C5%22%7D",
        "broken,            application/x-www-form-urlencoded,            ,         UTF-8, detail=%zz",
        "compressed,        application/json,                             gzip,     UTF-8, {\"uuid\":\"c\"}",
        "text,              text/plain,                                   ,         UTF-8, {\"uuid\":\"c\"}",
        "no type,           ,                                             ,         UTF-8, nonsense",
    })
    void whatTheGatewayRefusedItRefusesAgainInTheSameWords(
            String name, String type, String encoding, String charset, String body) throws IOException {
        Map<String, String> headers = new HashMap<>();
        if (type != null) {
            headers.put("Content-Type", type);
        }
        if (encoding != null) {
            headers.put("Content-Encoding", encoding);
        }
        GatewayClient.Reply first = new GatewayClient(GatewayAddress.of(url, null))
                .post(
                        "/keys/s3cret-of-the-gateway/callbacks",
                        headers,
                        body.replace("|", "\r\n").getBytes(Charset.forName(charset)));
        assertThat(first.isAccepted()).isFalse();
        String id = first.detail().replaceAll(".*In quarantine as (.*)\\.$", "$1");
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> run("quarantine", "list", "-q", kafka()) == Exit.OK
                        && out.toString().contains(id));
        assertThat(run("quarantine", "send", kafka(), id, url)).isEqualTo(Exit.WRONG);
        // Of a body that also has a good item, only the bad item is resent, so the answer has another text.
        String second = out.toString().replaceAll("In quarantine as .*\\s*", "");
        assertThat(second)
                .as(name)
                .contains(
                        name.equals("an array's item")
                                ? "400: "
                                : first.status() + ": " + first.detail().replaceAll("In quarantine as .*", ""));
    }

    @Test
    void billsAreImportedOnce() throws IOException {
        StringBuilder bills = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            bills.append("{\"uuid\":\"import-%d\",\"callmethod\":5,\"billsec\":%d}\n".formatted(i / 2, i));
        }
        Path file = Files.writeString(folder.resolve("bills.jsonl"), bills.append("nonsense\n"));
        assertThat(run("import", file.toString(), url.replace("s3cret-of-the-gateway", "other")))
                .isEqualTo(Exit.UNABLE);
        assertThat(err.toString()).contains("answers 401", "Nothing after bill 0 is imported");
        assertThat(run("import", file.toString(), url)).isEqualTo(Exit.WRONG);
        assertThat(out.toString()).contains("200 of 201 bills imported, 1 refused");
        assertThat(err.toString()).contains("line 201: Not a bill");
        assertThat(run("import", file.toString(), url)).isEqualTo(Exit.OK);
        assertThat(out.toString()).contains("were imported before");
    }

    @Test
    void dialWithOnlyTheAddressesShowsAndVerifiesAFewCalls() {
        assertThat(run("dial", url, kafka())).as(() -> out.toString() + err).isEqualTo(Exit.OK);
        assertThat(out.toString()).contains("ring", "hangup", "0 lost");
    }

    @Test
    void aJournalIsDrained() throws IOException {
        Path left = folder.resolve("left");
        try (ConfigurableApplicationContext away = gateway("127.0.0.1:1", left, "callstream.security.open=false")) {
            String there = "http://127.0.0.1:" + away.getEnvironment().getProperty("local.server.port");
            GatewayClient client = new GatewayClient(GatewayAddress.of(there, null));
            for (String status : List.of("ring", "answer")) {
                assertThat(client.post(
                                        "/callbacks",
                                        Map.of("Content-Type", "application/json"),
                                        "{\"uuid\":\"left\",\"status\":\"%s\"}"
                                                .formatted(status)
                                                .getBytes(StandardCharsets.UTF_8))
                                .isAccepted())
                        .isTrue();
            }
            assertThat(run("journal", "inspect", left.toString())).isEqualTo(Exit.OK);
            assertThat(out.toString()).contains("in use    yes", "backlog   2 record(s)");
            assertThat(run("journal", "drain", left.toString(), kafka())).isEqualTo(Exit.UNABLE);
            assertThat(err.toString()).contains("is in use by a running gateway. Stop it first");
        }
        assertThat(run("journal", "drain", left.toString(), kafka()))
                .as(() -> out.toString() + err)
                .isEqualTo(Exit.OK);
        assertThat(out.toString()).contains("2 unacknowledged record(s).", "Kafka has all records.");
        assertThat(run("journal", "inspect", left.toString())).isEqualTo(Exit.OK);
        assertThat(out.toString()).contains("backlog   0 record(s)");
        assertThat(run("journal", "inspect", folder.resolve("nowhere").toString()))
                .isEqualTo(Exit.UNABLE);
    }

    /** Runs the packaged jar without a terminal. */
    @Test
    void watchingEndsWithCtrlC() throws Exception {
        Path said = folder.resolve("watched");
        Process watch = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        Path.of("target", "callstream-cli-exec.jar")
                                .toAbsolutePath()
                                .toString(),
                        "watch",
                        kafka(),
                        "--from-beginning",
                        "--json")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> Files.readString(said).contains("\"callId\":\"first\""));
            // SIGTERM has the same effect as SIGINT.
            watch.destroy();
            assertThat(watch.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(watch.exitValue()).isEqualTo(Exit.INTERRUPTED);
            assertThat(Files.readString(said)).doesNotContain("\tat ");
        } finally {
            watch.destroyForcibly();
        }
    }
}
