package io.callstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs every command that prints text from outside, with {@link Hostile} text in every place that can contain it. */
@Timeout(120)
class HostileTextIT {

    private static final byte[] BYTES =
            ("{\"x\":1}\n| y\ncallstream-reason: forged\n" + Hostile.TEXT).getBytes(StandardCharsets.UTF_8);
    private static final String EVENT = """
            {"callId":"\\ud800%s","kind":"bill","receivedAt":"2026-01-01T00:00:00Z","companyCode":"%1$s","extension":"%1$s",
            "hangup":{"cause":"%1$s"},"%1$s":"%1$s","vendor":{
            \t"uuid"\r
            :"%1$s","half":"\\ud800"}}""".formatted(Hostile.IN_JSON);

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static HttpServer server;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), EmbeddedKafka.freePort(), System.err::println);
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (Admin admin = Admin.create(settings);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            admin.createTopics(List.of(
                            new NewTopic(Topics.EVENTS, 1, (short) 1), new NewTopic(Topics.QUARANTINE, 1, (short) 1)))
                    .all()
                    .get();
            producer.send(new ProducerRecord<>(Topics.EVENTS, utf8(Hostile.TEXT), utf8(EVENT)))
                    .get();
            ProducerRecord<byte[], byte[]> quarantined =
                    new ProducerRecord<>(Topics.QUARANTINE, utf8(Hostile.TEXT), BYTES);
            for (String name : List.of("reason", "explanation", "received-at", "path", "origin", "query")) {
                quarantined.headers().add("callstream-" + name, utf8(Hostile.TEXT));
            }
            quarantined.headers().add("callstream-quarantine-id", utf8("id-1" + Hostile.TEXT));
            quarantined.headers().add(Hostile.TEXT, utf8(Hostile.TEXT));
            producer.send(quarantined).get();
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] answer = utf8(
                    exchange.getRequestURI().getPath().startsWith("/problem")
                            ? "{\"detail\":\"" + Hostile.IN_JSON + "\",\"quarantineId\":\"" + Hostile.IN_JSON + "\"}"
                            : Hostile.TEXT + ".");
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(exchange.getRequestMethod().equals("GET") ? 403 : 400, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
        kafka.close();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private int run(String... arguments) {
        return Callstream.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private static String kafka() {
        return "--kafka=" + kafka.bootstrapServers();
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    @Test
    void listIsHarmless() {
        assertThat(run("quarantine", "list", kafka())).isEqualTo(Exit.OK);
        Hostile.assertHarmless(out.toString());
        assertThat(out.toString().lines()).hasSize(1);
    }

    @Test
    void idsAreHarmless() {
        assertThat(run("quarantine", "list", "-q", kafka())).isEqualTo(Exit.OK);
        Hostile.assertHarmless(out.toString());
        assertThat(out.toString()).startsWith("id-1\\u001b[2J").doesNotContain(" B ");
        assertThat(out.toString().lines()).hasSize(1);
    }

    @Test
    void aShownBodyPassesForNoHeader() {
        assertThat(run("quarantine", "show", "id-1", kafka())).isEqualTo(Exit.OK);
        Hostile.assertHarmless(out.toString());
        assertThat(out.toString().lines())
                .contains("| {\"x\":1}", "| | y", "| callstream-reason: forged", "| FORGED 1\\u000d")
                .hasSize(8 + 5 + 1);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void rawIsExact() {
        PrintStream before = System.out;
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        System.setOut(new PrintStream(raw, true, StandardCharsets.UTF_8));
        try {
            assertThat(run("quarantine", "show", "id-1", "--raw", kafka())).isEqualTo(Exit.OK);
        } finally {
            System.setOut(before);
        }
        assertThat(raw.toByteArray()).isEqualTo(BYTES);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/problem"})
    void anAnswerToARecordIsHarmless(String path) {
        assertThat(run("quarantine", "send", "id-1", url(path), kafka())).isEqualTo(Exit.WRONG);
        Hostile.assertHarmless(out.toString());
        assertThat(out.toString().lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/problem"})
    void anAnswerToABillIsHarmless(String path) throws IOException {
        Path file = Files.writeString(
                folder.resolve("b" + path.length() + ".jsonl"),
                "{\"uuid\":\"%s\"}\n%s\n".formatted(Hostile.IN_JSON, Hostile.TEXT));
        assertThat(run("import", file.toString(), url(path))).isEqualTo(Exit.WRONG);
        Hostile.assertHarmless(err.toString());
        Hostile.assertPlain(out.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/problem"})
    void anAnswerToACheckIsHarmless(String path) {
        assertThat(run("check", url(path), kafka())).isEqualTo(Exit.WRONG);
        Hostile.assertHarmless(out.toString());
    }

    @Test
    void anAddressIsHarmless() {
        assertThat(run("dial", url("/\u202eabc\u200f"), "--calls=1", "--rate=max"))
                .isEqualTo(Exit.WRONG);
        assertThat(out.toString()).contains("\\u202eabc\\u200f");
        Hostile.assertPlain(out.toString());
    }

    @Test
    void anEventsLineIsHarmless() {
        Hostile.assertHarmless(watched());
    }

    @Test
    void anEventsJsonIsHarmlessAndTheSame() {
        String watched = watched("--json");
        Hostile.assertHarmless(watched);
        assertThat(watched.lines()).hasSize(1);
        JsonNode shown = JsonMapper.shared().readTree(watched);
        JsonNode sent = JsonMapper.shared().readTree(EVENT);
        assertThat(shown).isEqualTo(sent);
        assertThat(EventJson.read(null, utf8(watched))).isNotNull();
    }

    /** Runs {@code watch} until it has printed the only event of the topic, and returns the output. */
    private static String watched(String... options) {
        StringBuilder printed = new StringBuilder();
        // The reader closes the output after one line, as `head -n 1` does.
        PrintWriter reader = new PrintWriter(new StringWriter()) {
            @Override
            public void println(String line) {
                printed.append(line).append('\n');
                setError();
            }
        };
        String[] arguments = new String[options.length + 3];
        System.arraycopy(new String[] {"watch", kafka(), "--from-beginning"}, 0, arguments, 0, 3);
        System.arraycopy(options, 0, arguments, 3, options.length);
        assertThat(Callstream.commandLine().setOut(reader).execute(arguments)).isEqualTo(Exit.OK);
        return printed.toString();
    }

    @Test
    void aJournalsIdIsHarmless() throws IOException {
        String values = "callstream-journal 1 \u001b[2J\u0007\u009b31m\u0085FORGED 0000000000000001 0";
        CRC32C crc = new CRC32C();
        crc.update(values.getBytes(StandardCharsets.ISO_8859_1));
        Path journal = Files.createDirectories(folder.resolve("journal"));
        Files.writeString(
                journal.resolve("format"), "%s %08x\n".formatted(values, crc.getValue()), StandardCharsets.ISO_8859_1);
        Files.write(journal.resolve("cursor"), new byte[1024]);
        assertThat(run("journal", "inspect", journal.toString()))
                .as(err::toString)
                .isEqualTo(Exit.OK);
        assertThat(out.toString()).contains("journal   \\u001b[2J\\u0007\\u009b31m\\u0085FORGED");
        Hostile.assertPlain(out.toString());
    }

    @Test
    void aMistakeIsQuotedHarmlessly() {
        String name = Hostile.TEXT.replace("\u0000", "");
        assertThat(run("import", name)).isEqualTo(Exit.UNABLE);
        assertThat(run("quarantine", "list", "--since", name, kafka())).isEqualTo(Exit.USAGE);
        assertThat(run("journal", "inspect", name)).isEqualTo(Exit.UNABLE);
        assertThat(run("quarantine", "show", name, kafka())).isEqualTo(Exit.UNABLE);
        assertThat(run(name)).isEqualTo(Exit.USAGE);
        Hostile.assertHarmless(err.toString());
    }
}
