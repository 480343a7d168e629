package io.callstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callstream.schemas.testing.SchemaFiles;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles the Java consumers in {@code README.md} unchanged and runs them. Their topic also has records they cannot
 * read.
 */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored") // commitTransaction has the failure.
class ConsumersIT {

    private static final Pattern BLOCK = Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final String PAGE = content(Path.of("README.md"));
    private static final String CALL = "call-1";
    private static final String TEST_CALL = "callstream-test-1";
    private static final List<String> GROUPS = List.of("crm-acme.plain", "crm-acme.reactive", "crm-acme.spring");
    private static final Pattern PRINTED = Pattern.compile("^\\S+Z {2}" + CALL + " {2}(.+)$");

    /** No consumer shows the hangup of the aborted transaction. */
    private static final List<String> LIFE = List.of("1 ring", "2 answer", "3 hangup", "4 orphan", "5 bill");

    @TempDir
    static Path folder;

    /**
     * The CRM fails twice, on a record that is in the topic once. Its error is one that a framework may take for final
     * and not retry.
     */
    private static final String CUSTOMER_SYSTEM = """
            package com.example.crm;
            class CustomerSystem {
                private static int calls;
                static synchronized void call() {
                    calls++;
                    if (calls == 3 || calls == 4) {
                        throw new ClassCastException("the customer system is away");
                    }
                }
            }
            """;

    private static SecuredKafka kafka;
    private static Path asItStands;
    private static long end;

    private final List<Process> consumers = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        kafka = new SecuredKafka(folder.resolve("kafka"));
        try (Admin admin = admin()) {
            admin.createTopics(Stream.of(Topics.TIMELINE, Topics.EVENTS, Topics.TASKS)
                            .map(topic -> new NewTopic(topic, 12, (short) 1))
                            .toList())
                    .all()
                    .get();
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "crm-acme", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), "secret")))
                    .all()
                    .get();
            admin.createAcls(documentedRights()).all().get();
        }
        publish();
        asItStands = compile("as-it-stands", UnaryOperator.identity());
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @AfterEach
    void end() {
        consumers.forEach(consumer -> consumer.destroyForcibly().onExit().join());
    }

    /** All records have the call's key: a consumer that stops at one of them does not reach the bill at the end. */
    private static void publish() throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.operatorsServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
            records.add(event("ring", "j:1"));
            records.add(event("answer", "j:2"));
            records.add(event("ring", "j:1"));
            records.add(event("answer", "j:2"));
            records.addAll(unreadable(Topics.EVENTS));
            records.add(record(Topics.EVENTS, null, json("ring").replace(CALL, TEST_CALL)));
            records.add(event("hangup", "j:7"));
            records.add(event("bill", "j:8"));
            for (ProducerRecord<String, byte[]> record : records) {
                producer.send(record).get();
            }
        }
        try (KafkaProducer<String, byte[]> timeline = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.operatorsServers(), "transactional.id", "timeline"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            timeline.initTransactions();
            timeline.beginTransaction();
            timeline.send(inTimeline("ring", 1));
            unreadable(Topics.TIMELINE).forEach(timeline::send);
            timeline.commitTransaction();
            timeline.beginTransaction();
            timeline.send(inTimeline("hangup", 2));
            timeline.flush();
            timeline.abortTransaction();
            timeline.beginTransaction();
            timeline.send(inTimeline("answer", 2));
            timeline.send(inTimeline("hangup", 3));
            timeline.send(record(Topics.TIMELINE, OrphanEvent.TYPE, example("orphan", CALL)));
            Future<RecordMetadata> last = timeline.send(inTimeline("bill", 5));
            timeline.commitTransaction();
            end = last.get().offset() + 1;
        }
    }

    private static List<ProducerRecord<String, byte[]>> unreadable(String topic) {
        return List.of(
                record(topic, "io.callstream.call.transfer.v1", json("answer")),
                record(topic, EventKind.BILL.type(), json("bill").replace("\"talkSeconds\":19", "\"talkSeconds\":{}")),
                record(topic, EventKind.BILL.type(), "garbage"),
                new ProducerRecord<>(topic, CALL, new byte[] {(byte) 0xff, '{', 0, '\n', (byte) 0xc3}),
                new ProducerRecord<>(topic, CALL, null));
    }

    private static ProducerRecord<String, byte[]> event(String kind, String origin) {
        ProducerRecord<String, byte[]> record = record(Topics.EVENTS, "io.callstream.call." + kind + ".v1", json(kind));
        record.headers().add(Headers.ORIGIN, origin.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private static ProducerRecord<String, byte[]> inTimeline(String kind, long sequence) {
        String value = json(kind).replace("{\"callId\"", "{\"tomorrow\":[1],\"callId\"");
        return record(
                Topics.TIMELINE,
                "io.callstream.call." + kind + ".v1",
                value.substring(0, value.length() - 1) + ",\"timeline\":{\"sequence\":" + sequence + "}}");
    }

    private static ProducerRecord<String, byte[]> record(String topic, @Nullable String type, String value) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic, CALL, value.getBytes(StandardCharsets.UTF_8));
        if (type != null) {
            record.headers().add(Headers.CE_TYPE, type.getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }

    private static String json(String kind) {
        return example(kind, CALL);
    }

    private static String example(String schema, String call) {
        var example = SchemaFiles.in("/contract/schemas/")
                .read(schema + ".v1.json")
                .get("examples")
                .get(0);
        return example.toString().replace(example.get("callId").asString(), call);
    }

    @Test
    void eachPrintsTheCallInOrderWhateverElseStandsInTheTopic() throws Exception {
        Map<String, Path> said = Map.of(
                "plain", run(asItStands, "PlainConsumer", file(login())),
                "reactive", run(asItStands, "ReactiveConsumer", kafka.operatorsServers()),
                "spring",
                        run(
                                asItStands,
                                "SpringConsumer",
                                "--spring.kafka.bootstrap-servers=" + kafka.operatorsServers()));
        said.forEach((name, output) -> {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .untilAsserted(() -> assertThat(calls(output)).as(name).contains("5 bill"));
            assertThat(calls(output)).as(name).isEqualTo(LIFE);
            assertThat(output).as(name).content().contains("Skipped ").contains("transfer");
        });
        // Every offset is committed, so the next consumer of the group handles no record twice.
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .untilAsserted(() -> assertThat(committed())
                        .hasSize(3)
                        .allSatisfy((group, offset) -> assertThat(offset).isGreaterThanOrEqualTo(end)));

        consumers.forEach(Process::destroy);
        for (Process consumer : consumers) {
            assertThat(consumer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        try (Admin admin = admin()) {
            assertThat(admin.describeConsumerGroups(GROUPS).all().get())
                    .as("whoever comes next need not wait")
                    .hasSize(3)
                    .allSatisfy((name, group) -> assertThat(group.members()).isEmpty());
        }
    }

    /** The README promises that these two consumers retry until they succeed. Here the CRM fails for a while. */
    @Test
    void whatFailsIsTriedAgainAndNothingOvertakesIt() throws Exception {
        Path failing = compile(
                "failing",
                block -> block.replace("System.out.printf(", "CustomerSystem.call(); System.out.printf(")
                        .replace("crm-acme.reactive", "crm-acme.reactive-failing")
                        .replace("crm-acme.spring", "crm-acme.spring-failing"));
        Map<String, Path> said = Map.of(
                "reactive", run(failing, "ReactiveConsumer", kafka.operatorsServers()),
                "spring",
                        run(failing, "SpringConsumer", "--spring.kafka.bootstrap-servers=" + kafka.operatorsServers()));
        said.forEach((name, output) -> Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .untilAsserted(() -> assertThat(calls(output)).as(name).isEqualTo(LIFE)));
    }

    @Test
    void withoutTheTimelineRepeatsAndTestCallsAreSkipped() throws Exception {
        Path output = run(asItStands, "EventsConsumer", kafka.operatorsServers());
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .untilAsserted(() -> assertThat(calls(output)).contains("bill"));
        assertThat(calls(output)).containsExactly("ring", "answer", "hangup", "bill");
        assertThat(output).content().contains("transfer").doesNotContain(TEST_CALL);
    }

    @Test
    void theDocumentedRightsAllowNothingElse() throws IOException {
        Map<String, Object> other = new HashMap<>(login());
        other.put("group.id", "somebody-else");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(other, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(Topics.TIMELINE));
            assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30))).isInstanceOf(AuthorizationException.class);
            assertThatThrownBy(() -> consumer.partitionsFor(Topics.TASKS)).isInstanceOf(AuthorizationException.class);
        }
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(new HashMap<>(login()), new StringSerializer(), new StringSerializer())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(Topics.TIMELINE, "x", "x"))
                            .get())
                    .hasCauseInstanceOf(AuthorizationException.class);
        }
    }

    /** The README's settings, with the address and the certificate of this test's broker. */
    private static Map<String, String> login() throws IOException {
        Properties documented = new Properties();
        documented.load(new StringReader(block("properties", "security.protocol")));
        Map<String, String> login = new HashMap<>();
        documented.stringPropertyNames().forEach(name -> login.put(name, documented.getProperty(name)));
        assertThat(login.replace("bootstrap.servers", kafka.secureServers())).isNotNull();
        assertThat(login.replace("ssl.truststore.location", kafka.certificate().toString()))
                .isNotNull();
        return login;
    }

    private static List<AclBinding> documentedRights() {
        List<AclBinding> rights = Pattern.compile(
                        "^\\| `(User:[\\w-]+)` \\| (\\w+) \\| (\\w+) `(.*?)` \\|$", Pattern.MULTILINE)
                .matcher(PAGE)
                .results()
                .map(row -> new AclBinding(
                        new ResourcePattern(
                                ResourceType.fromString(row.group(3).toUpperCase(Locale.ROOT)),
                                row.group(4),
                                PatternType.LITERAL),
                        new AccessControlEntry(
                                row.group(1),
                                "*",
                                AclOperation.fromString(row.group(2).toUpperCase(Locale.ROOT)),
                                AclPermissionType.ALLOW)))
                .toList();
        assertThat(rights).hasSize(4);
        return rights;
    }

    private static Map<String, Long> committed() throws ExecutionException, InterruptedException {
        Map<String, Long> committed = new HashMap<>();
        try (Admin admin = admin()) {
            for (String group : GROUPS) {
                committed.put(
                        group,
                        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
                                .mapToLong(offset -> offset == null ? 0 : offset.offset())
                                .sum());
            }
        }
        return committed;
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.operatorsServers()));
    }

    /** The kinds that the consumer printed for the call, in order. */
    private static List<String> calls(Path output) {
        return content(output)
                .lines()
                .map(PRINTED::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .toList();
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String file(Map<String, String> settings) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        Path file = Files.createTempFile(folder, "kafka", ".properties");
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        return file.toString();
    }

    private Path run(Path classes, String consumer, String... arguments) throws IOException {
        Path output = Files.createTempFile(folder, consumer, ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes + System.getProperty("path.separator") + classPath(),
                "com.example.crm." + consumer));
        command.addAll(List.of(arguments));
        consumers.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start());
        return output;
    }

    private static Path compile(String name, UnaryOperator<String> change) throws IOException {
        Path classes = Files.createDirectories(folder.resolve(name));
        Files.writeString(classes.resolve("application.yaml"), change.apply(block("yaml", "spring:")));
        List<Path> sources = new ArrayList<>();
        for (String consumer :
                List.of("PlainConsumer", "ReactiveConsumer", "SpringConsumer", "TableConsumer", "EventsConsumer")) {
            Path source = classes.resolve(consumer + ".java");
            Files.writeString(source, change.apply(block("java", "class " + consumer + " {")));
            sources.add(source);
        }
        Path customerSystem = classes.resolve("CustomerSystem.java");
        Files.writeString(customerSystem, CUSTOMER_SYSTEM);
        sources.add(customerSystem);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-d",
                    classes.toString(),
                    "-cp",
                    classPath(),
                    "--release",
                    "17",
                    "-parameters",
                    "-Xlint:all,-processing,-classfile",
                    "-proc:none",
                    "-Werror");
            assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                            .call())
                    .as("the page's Java compiles without a warning")
                    .isTrue();
        }
        return classes;
    }

    /** Without this module's test classes, which no consumer depends on. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path")
                        .split(Pattern.quote(System.getProperty("path.separator"))))
                .filter(entry -> !entry.contains("test-classes"))
                .reduce((one, other) -> one + System.getProperty("path.separator") + other)
                .orElseThrow();
    }

    private static String block(String language, String containing) {
        List<String> found = BLOCK.matcher(PAGE)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map((MatchResult block) -> block.group(2))
                .filter(block -> block.contains(containing))
                .toList();
        assertThat(found).as("blocks of %s with %s", language, containing).hasSize(1);
        return found.get(0);
    }
}
