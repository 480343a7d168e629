package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.Reception;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures how a body is split into its callbacks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BodyBenchmark {

    private static final String RING = """
            {"buuid":"9c6f2092-6aad-11eb-a1b9-5107cdf1d50a","callee":"2025550199","caller":"20280005","companycode":"2028",\
            "direction":"callout","disnumber":"2120280001","extnumber":"20280005","isbleg":"true","method":"2",\
            "starttime":"1612857945","status":"ring","type":"call","uuid":"9c568ac8-6aad-11eb-a1b3-5107cdf1d50a"}""";

    private final byte[] urlencoded =
            ("detail=" + URLEncoder.encode(RING, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    private final byte[] multipart = ("--b\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n" + RING
                    + "\r\n--b--\r\n")
            .getBytes(StandardCharsets.UTF_8);
    private final byte[] json = RING.getBytes(StandardCharsets.UTF_8);

    @Benchmark
    public List<Item> urlencoded() {
        return items("application/x-www-form-urlencoded", urlencoded);
    }

    @Benchmark
    public List<Item> multipart() {
        return items("multipart/form-data; boundary=b", multipart);
    }

    @Benchmark
    public List<Item> json() {
        return items("application/json", json);
    }

    private static List<Item> items(String contentType, byte[] body) {
        return CallbackBody.items(body, new Reception(Instant.EPOCH, "/callbacks", "default", contentType, null, null));
    }
}
