package io.callstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callstream.dialler.GatewayAddress;
import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.gateway.GatewayApplication;
import io.callstream.gateway.journal.Journal;
import io.callstream.schemas.Topics;
import io.callstream.timeline.TimelineApplication;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kafka.admin.ConfigCommand;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.tools.AclCommand;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Runs the guide's commands for ACLs and quotas against a Kafka with an authorizer, for two CRM teams. */
@Timeout(60)
class KafkaUsersIT {

    private static final Path GUIDE = Path.of("..", "README.md");
    private static final Pattern COMMAND = Pattern.compile("^kafka-(acls|configs)\\.sh (.+)$", Pattern.MULTILINE);
    private static final Duration POLL = Duration.ofMillis(100);

    @TempDir
    static Path folder;

    private static String servers;
    private static KafkaRaftServer kafka;
    private static ConfigurableApplicationContext gateway;
    private static ConfigurableApplicationContext timeline;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        int port = EmbeddedKafka.freePort();
        servers = "127.0.0.1:" + port;
        kafka = new KafkaRaftServer(KafkaConfig.fromProps(secured(port), false), Time.SYSTEM);
        kafka.startup();
        String guide = Files.readString(GUIDE).replace("\\\n", " ");
        run(guide);
        run(guide.replace("acme", "globex"));

        gateway = SpringApplication.run(
                GatewayApplication.class,
                Stream.concat(
                                Stream.of(
                                        "--server.address=127.0.0.1",
                                        "--server.port=0",
                                        "--management.server.port=0",
                                        "--callstream.ingress.drain-timeout=0s",
                                        "--spring.kafka.bootstrap-servers=" + servers,
                                        "--callstream.journal.folder=" + folder.resolve("journal")),
                                login("gateway").entrySet().stream()
                                        .map(setting -> "--spring.kafka.properties." + setting))
                        .toArray(String[]::new));
        url = "http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.server.port");
        assertThat(post("{\"uuid\":\"call-1\",\"status\":\"ring\"}")).isEqualTo(200);
        assertThat(post("{\"taskid\":\"task-1\"}")).isEqualTo(200);
        assertThat(post("{")).isEqualTo(400);
        Awaitility.await().until(() -> gateway.getBean(Journal.class).backlog().records() == 0);

        timeline = SpringApplication.run(
                TimelineApplication.class,
                Stream.concat(
                                Stream.of(
                                        "--spring.config.name=timeline",
                                        "--spring.main.web-application-type=none",
                                        "--spring.kafka.bootstrap-servers=" + servers,
                                        "--callstream.timeline.folder=" + folder.resolve("timeline")),
                                login("timeline").entrySet().stream()
                                        .map(setting -> "--spring.kafka.properties." + setting))
                        .toArray(String[]::new));
    }

    /** The password of each user is its name. */
    private static Properties secured(int port) throws IOException {
        Properties settings = EmbeddedKafka.prepare(folder.resolve("kafka"), port);
        settings.setProperty("listener.security.protocol.map", "CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.setProperty("sasl.enabled.mechanisms", "PLAIN");
        settings.setProperty("sasl.mechanism.inter.broker.protocol", "PLAIN");
        settings.setProperty(
                "listener.name.client.plain.sasl.jaas.config",
                Stream.of("admin", "gateway", "timeline", "console", "crm-acme", "crm-globex", "operators")
                        .map("user_%1$s=\"%1$s\""::formatted)
                        .collect(Collectors.joining(" ", jaas("admin") + ' ', ";")));
        settings.setProperty("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        // The node's own connections to its controller are anonymous.
        settings.setProperty("super.users", "User:admin;User:ANONYMOUS");
        return settings;
    }

    private static String jaas(String user) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%1$s\" password=\"%1$s\""
                .formatted(user);
    }

    private static Map<String, Object> login(String user) {
        return Map.of(
                "bootstrap.servers",
                servers,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                jaas(user) + ';');
    }

    private static Path loginFile(String user) throws IOException {
        Properties settings = new Properties();
        settings.putAll(login(user));
        Path file = folder.resolve(user + ".properties");
        try (Writer out = Files.newBufferedWriter(file)) {
            settings.store(out, null);
        }
        return file;
    }

    private static void run(String guide) throws IOException {
        org.apache.kafka.common.utils.Exit.setExitProcedure((status, message) -> {
            throw new AssertionError("A command failed with status %d: %s".formatted(status, message));
        });
        String admin = loginFile("admin").toString();
        for (MatchResult command : COMMAND.matcher(guide).results().toList()) {
            String[] arguments = command.group(2)
                    .replace("127.0.0.1:9092", servers)
                    .replace("admin.properties", admin)
                    .split("\\s+", -1);
            if (command.group(1).equals("acls")) {
                AclCommand.main(arguments);
            } else {
                ConfigCommand.main(arguments);
            }
        }
    }

    private static int post(String body) {
        return new GatewayClient(GatewayAddress.of(url, null))
                .post(
                        "/callbacks",
                        Map.of(GatewayClient.CONTENT_TYPE, "application/json"),
                        body.getBytes(StandardCharsets.UTF_8))
                .status();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String user, String group) {
        Map<String, Object> settings = new HashMap<>(login(user));
        settings.put("group.id", group);
        settings.put("auto.offset.reset", "earliest");
        // After a seek, a consumer waits for the fetch that is under way.
        settings.put("fetch.max.wait.ms", 0);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static void send(String user, String topic, byte[] value) throws Exception {
        Map<String, Object> settings = new HashMap<>(login(user));
        // An idempotent producer without any permission fails earlier, before it names a topic.
        settings.put("enable.idempotence", false);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
        }
    }

    @AfterAll
    static void stop() {
        timeline.close();
        gateway.close();
        kafka.shutdown();
        kafka.awaitShutdown();
    }

    @Test
    void theGatewayReadsTheSettingsOfItsTopics() {
        assertThat(gateway.getBean(Journal.class).destination().largestRecords())
                .containsOnlyKeys(Topics.EVENTS, Topics.TASKS, Topics.QUARANTINE);
    }

    @ParameterizedTest
    @CsvSource({"crm-acme,crm-acme.billing", "crm-globex,crm-globex.billing"})
    void aCrmTeamReadsInItsGroups(String user, String group) {
        Set<String> read = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(user, group)) {
            consumer.subscribe(List.of(Topics.EVENTS, Topics.TASKS, Topics.TIMELINE, Topics.STATE));
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> {
                consumer.poll(POLL).forEach(record -> read.add(record.topic()));
                return read.size() == 4;
            });
            consumer.commitSync();
        }
    }

    @Test
    void theConsoleReadsInNoGroup() {
        Set<String> read = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("console", "console")) {
            consumer.assign(Stream.of(Topics.TIMELINE, Topics.STATE, Topics.QUARANTINE)
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> {
                consumer.poll(POLL).forEach(record -> read.add(record.topic()));
                return read.size() == 3;
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "crm-acme,calls.quarantine,crm-acme.billing",
        "crm-acme,calls.events,crm-globex.billing",
        "crm-globex,calls.events,crm-acme.billing",
        "operators,calls.events,crm-acme.billing",
        "gateway,calls.events,crm-acme.billing",
        "gateway,calls.timeline,crm-acme.billing",
        "timeline,calls.quarantine,callstream-timeline",
        "console,calls.timeline,crm-acme.billing",
        "console,calls.events,console"
    })
    void everyOtherReadIsDenied(String user, String topic, String group) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(user, group)) {
            consumer.subscribe(List.of(topic));
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThatThrownBy(() -> consumer.poll(POLL)).isInstanceOf(AuthorizationException.class));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "crm-acme,calls.events",
        "crm-acme,calls.tasks",
        "crm-acme,calls.timeline",
        "crm-acme,calls.state",
        "operators,calls.events",
        "operators,calls.timeline",
        "operators,calls.quarantine",
        "timeline,calls.events",
        "timeline,calls.quarantine",
        "gateway,calls.timeline",
        "gateway,calls.state",
        "console,calls.state",
        "console,calls.quarantine"
    })
    void everyOtherWriteIsDenied(String user, String topic) {
        assertThatThrownBy(() -> send(user, topic, new byte[1]))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AuthorizationException.class);
    }

    @Test
    void operatorsFollowACallbackAndReadTheQuarantine() throws Exception {
        String login = "--kafka-config=" + loginFile("operators");
        assertThat(command("check", url, "--kafka=" + servers, login)).contains("in Kafka");
        assertThat(command("quarantine", "list", "--kafka=" + servers, login)).contains("not-json");
    }

    @Test
    void operatorsSeeACallAndEraseIt() throws Exception {
        assertThat(post("{\"uuid\":\"call-2\",\"status\":\"ring\"}")).isEqualTo(200);
        String login = "--kafka-config=" + loginFile("operators");
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .ignoreExceptionsInstanceOf(AssertionError.class)
                .until(() ->
                        command("call", "call-2", "--kafka=" + servers, login).contains("ring"));
        Awaitility.await()
                .ignoreExceptionsInstanceOf(AssertionError.class)
                .until(() -> command("erase", "call-2", "--yes", "--kafka=" + servers, login)
                        .contains("erased call-2"));
    }

    private static String command(String... arguments) {
        StringWriter out = new StringWriter();
        int code = Callstream.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments);
        assertThat(code).as(out::toString).isEqualTo(Exit.OK);
        return out.toString();
    }

    @Test
    void aCrmTeamAboveItsQuotaIsThrottled() throws Exception {
        try (Admin admin = Admin.create(login("admin"))) {
            Map<ClientQuotaEntity, Map<String, Double>> quotas = admin.describeClientQuotas(ClientQuotaFilter.all())
                    .entities()
                    .get();
            Map<String, Double> each = Map.of("consumer_byte_rate", 10.0 * (1 << 20), "request_percentage", 50.0);
            assertThat(quotas)
                    .isEqualTo(Map.of(
                            new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "crm-acme")), each,
                            new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "crm-globex")), each));
        }
        send("gateway", Topics.TASKS, new byte[1_000_000]);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("crm-globex", "crm-globex.copy")) {
            consumer.assign(List.of(new TopicPartition(Topics.TASKS, 0)));
            Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
                consumer.seekToBeginning(consumer.assignment());
                consumer.poll(POLL);
                return consumer.metrics().entrySet().stream()
                        .filter(metric -> metric.getKey().name().equals("fetch-throttle-time-avg"))
                        .anyMatch(metric -> (double) metric.getValue().metricValue() > 0);
            });
        }
    }
}
