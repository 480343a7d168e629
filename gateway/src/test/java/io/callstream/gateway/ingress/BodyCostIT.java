package io.callstream.gateway.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.codec.Privacy;
import io.callstream.gateway.codec.Reception;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.security.Tenant;
import io.callstream.gateway.tracing.Tracing;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * No body within the limits costs an event loop much more CPU than the most expensive ordinary body, which is full of
 * bills. All bodies are measured in one run, interleaved, because only the ratio is meaningful.
 */
@Tag("slow")
class BodyCostIT {

    private static final int LIMIT = 64 << 10;
    private static final int ROUNDS = 200;
    private static final double MOST = 3;
    private static final CallbackDecoder DECODER = new CallbackDecoder(ZoneOffset.ofHours(8));
    private static final String BILL =
            "{\"uuid\":\"1d7f5b6a-6ad5-11eb-8d1c-00163e0e%04d\",\"type\":\"callout\",\"callmethod\":5,\"starttime\":\"2021-02-09"
                    + " 10:00:03\",\"answertime\":\"2021-02-09 10:00:08\",\"endtime\":\"2021-02-09 10:00:36\",\"duration\":5,\"billsec\":28,"
                    + "\"crmid\":\"7\",\"memberid\":\"m-1\",\"disnumber\":\"2120280001\",\"destnumber\":\"5550100\",\"extnumber\":\"20280005\","
                    + "\"hangupdirection\":10040,\"hangupcause\":10001,\"companycode\":\"2028\"}";

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Body(String contentType, byte[] bytes) {}

    private static Map<String, Body> bodies() {
        String form = "application/x-www-form-urlencoded";
        String json = "application/json";
        String multipart = "multipart/form-data; boundary=b";
        Map<String, Body> bodies = new LinkedHashMap<>();
        bodies.put("2,000 ones", new Body(json, array(i -> "1", 2000)));
        bodies.put(
                "2,000 callbacks",
                new Body(json, array(i -> "{\"uuid\":\"%d\",\"status\":\"ring\"}".formatted(i), 1950)));
        bodies.put("ids alone", new Body(json, array(i -> "{\"uuid\":%d}".formatted(i), 2000)));
        bodies.put("broken items", new Body(json, array(i -> "{\"uuid\":\"a\\u0000b\",\"a\":1}", 2000)));
        bodies.put("a field twice in each", new Body(json, array(i -> "{\"uuid\":\"1\",\"a\":1,\"a\":1}", 2000)));
        bodies.put(
                "details that are no JSON",
                new Body(form, "detail=x&".repeat(2000).getBytes(UTF_8)));
        bodies.put(
                "details with an open object",
                new Body(form, "detail=%7B&".repeat(2000).getBytes(UTF_8)));
        bodies.put("fields", new Body(form, "a&".repeat(LIMIT / 2).getBytes(UTF_8)));
        bodies.put("2,000 fields", new Body(form, repeated(i -> i + "=" + "x".repeat(24) + "&", 2000)));
        bodies.put("members", new Body(json, object(i -> "\"%x\":1".formatted(i * 7919 % 8191))));
        bodies.put(
                "members of a member",
                new Body(
                        json,
                        ("{\"uuid\":\"u\",\"v\":"
                                        + new String(object(i -> "\"%x\":1".formatted(i * 7919 % 8191)), UTF_8) + "}")
                                .getBytes(UTF_8)));
        bodies.put("nested", new Body(json, nested(30)));
        bodies.put(
                "nested arrays",
                new Body(json, ("{\"uuid\":\"u\",\"v\":[" + "[[[[1]]]],".repeat(6000) + "1]}").getBytes(UTF_8)));
        bodies.put(
                "control characters",
                new Body(
                        multipart,
                        part("uuid", "u")
                                .concat(part("callee", "\u0001".repeat(65_000)))
                                .concat("--b--")
                                .getBytes(UTF_8)));
        bodies.put(
                "escapes",
                new Body(json, ("{\"uuid\":\"u\",\"v\":\"" + "\\u4e2d".repeat(10_000) + "\"}").getBytes(UTF_8)));
        bodies.put(
                "quotes", new Body(json, ("{\"uuid\":\"u\",\"v\":\"" + "\\\"".repeat(32_000) + "\"}").getBytes(UTF_8)));
        bodies.put(
                "a number of 64,000 digits",
                new Body(json, ("{\"uuid\":\"u\",\"billsec\":" + "9".repeat(64_000) + "}").getBytes(UTF_8)));
        bodies.put(
                "blanks",
                new Body(
                        json,
                        ("{" + " ".repeat(32_000) + "\"uuid\":\"u\"" + "\u00a0".repeat(0) + " ".repeat(32_000) + "}")
                                .getBytes(UTF_8)));
        bodies.put(
                "parts",
                new Body(
                        multipart,
                        "--b\r\n\r\n\r\n".repeat(6500).concat("--b--").getBytes(UTF_8)));
        bodies.put(
                "parts of unknown charsets",
                new Body(
                        multipart,
                        repeated(i -> "--b\r\nContent-Type:a/b;charset=x%d\r\n\r\n\r\n".formatted(i), 1500)));
        bodies.put(
                "a part's headers",
                new Body(multipart, ("--b\r\n" + "a:b;c=d\r\n".repeat(7000) + "\r\nx\r\n--b--").getBytes(UTF_8)));
        bodies.put(
                "parameters",
                new Body(
                        multipart,
                        ("--b\r\nContent-Disposition: form-data" + ";a=\"b\"".repeat(10_000) + "\r\n\r\nx\r\n--b--")
                                .getBytes(UTF_8)));
        bodies.put(
                "parameters without a value",
                new Body(
                        multipart,
                        ("--b\r\nContent-Disposition: form-data" + ";".repeat(60_000) + "\r\n\r\nx\r\n--b--")
                                .getBytes(UTF_8)));
        bodies.put(
                "a delimiter that is nearly there",
                new Body(
                        "multipart/form-data; boundary=" + "-".repeat(60),
                        "\r\n--".concat("-".repeat(64_000)).getBytes(UTF_8)));
        bodies.put(
                "quoted-printable",
                new Body(
                        multipart,
                        ("--b\r\nContent-Disposition: form-data; name=detail\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                                        + "=20".repeat(21_000) + "\r\n--b--")
                                .getBytes(UTF_8)));
        for (String charset :
                new String[] {"UTF-16", "GBK", "GB18030", "ISO-2022-JP", "x-windows-iso2022jp", "IBM037", "UTF-32"}) {
            Charset other = Charset.forName(charset);
            byte[] items = new String(array(i -> "1", 2000), UTF_8).getBytes(other);
            bodies.put("ones in " + charset, new Body(json + ";charset=" + charset, items));
            bodies.put(
                    "a form in " + charset,
                    new Body(
                            form + ";charset=" + charset,
                            "detail=%31&".repeat(2000).getBytes(ISO_8859_1)));
            bodies.put(
                    "parts in " + charset,
                    new Body(
                            multipart,
                            repeated(i -> "--b\r\nContent-Type:a/b;charset=" + charset + "\r\n\r\n\r\n", 1200)));
        }
        return bodies;
    }

    private static byte[] array(IntFunction<String> item, int count) {
        StringJoiner array = new StringJoiner(",", "[", "]");
        for (int i = 0; i < count && array.length() + item.apply(i).length() < LIMIT - 2; i++) {
            array.add(item.apply(i));
        }
        return array.toString().getBytes(UTF_8);
    }

    private static byte[] object(IntFunction<String> member) {
        StringJoiner object = new StringJoiner(",", "{", "}");
        for (int i = 0; i < 8000 && object.length() < LIMIT - 100; i++) {
            object.add(member.apply(i));
        }
        return object.toString().getBytes(UTF_8);
    }

    private static byte[] repeated(IntFunction<String> piece, int count) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < count && body.length() < LIMIT - 200; i++) {
            body.append(piece.apply(i));
        }
        return body.append("--b--").toString().getBytes(UTF_8);
    }

    private static byte[] nested(int depth) {
        String json = "{\"uuid\":\"u\",\"v\":" + "{\"b\":1,\"a\":".repeat(depth) + '"' + "x".repeat(64_000) + '"'
                + "}".repeat(depth) + "}";
        return json.getBytes(UTF_8);
    }

    private static String part(String name, String value) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    @Test
    void theWorstBodyCostsLittleMoreThanTheDearestOrdinaryOne() {
        StringJoiner bills = new StringJoiner("&");
        for (int i = 0; bills.length() < LIMIT - 1000; i++) {
            bills.add("detail=" + URLEncoder.encode(BILL.formatted(i), UTF_8));
        }
        Body urlencoded =
                new Body("application/x-www-form-urlencoded", bills.toString().getBytes(UTF_8));
        Body array = new Body("application/json", array(BILL::formatted, 2000));
        Map<String, Body> bodies = bodies();
        bodies.values().forEach(body -> assertThat(body.bytes().length).isLessThanOrEqualTo(131_072));

        Map<String, Long> least = new LinkedHashMap<>();
        long ordinary = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long dearest = Math.max(nanos(urlencoded), nanos(array));
            ordinary = Math.min(ordinary, dearest);
            bodies.forEach((name, body) -> least.merge(name, nanos(body), Math::min));
        }
        double of = ordinary;
        System.out.printf("an ordinary full body: %.2f ms%n", of / 1e6);
        least.forEach((name, nanos) -> System.out.printf("%-36s %6.2f ms  %4.2f%n", name, nanos / 1e6, nanos / of));
        assertThat(least)
                .allSatisfy((name, nanos) -> assertThat(nanos / of).as(name).isLessThanOrEqualTo(MOST));
    }

    private static long nanos(Body body) {
        long began = System.nanoTime();
        Batch.of(
                body.bytes(),
                DECODER,
                Privacy.NONE,
                Tenant.OPEN,
                new Reception(Instant.EPOCH, "/callbacks", "default", body.contentType(), null, null),
                Destination.UNKNOWN,
                Tracing.Request.UNTRACED);
        return System.nanoTime() - began;
    }
}
