package io.callstream.gateway.codec;

import io.callstream.gateway.codec.Outcome.Decoded;
import io.callstream.gateway.journal.JournalRecord;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures how a callback's text is decoded into an event, and how an event is encoded into a record. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CodecBenchmark {

    private static final String RING = """
            {"buuid":"9c6f2092-6aad-11eb-a1b9-5107cdf1d50a","callee":"2025550199","caller":"20280005","companycode":"2028",\
            "direction":"callout","disnumber":"2120280001","extnumber":"20280005","isbleg":"true","method":"2",\
            "starttime":"1612857945","status":"ring","type":"call","uuid":"9c568ac8-6aad-11eb-a1b3-5107cdf1d50a"}""";

    private static final String BILL = """
            {"type":"callout","callmethod":6,"starttime":"2021-02-09 10:00:03","answertime":"2021-02-09 10:00:09",\
            "endtime":"2021-02-09 10:00:15","duration":6,"billsec":6,"crmid":"512","memberid":"0","chengshudu":"0",\
            "disnumber":"211040260001","destnumber":"2025550199","extnumber":"20280005","recordfilename":"a.mp3",\
            "downloadip":"192.0.2.10","hangupdirection":10040,"hangupcause":10001,"companycode":"104026",\
            "uuid":"863ff91e-6a7a-11eb-acf1-5107cdf1d50a","userkey":"","customuuid":"110001475"}""";

    private final CallbackDecoder decoder = new CallbackDecoder(ZoneOffset.ofHours(8));
    private final Instant now = Instant.parse("2026-01-01T00:00:00.123Z");
    private final Decoded ring = (Decoded) decoder.decode(RING, now);
    private final Decoded bill = (Decoded) decoder.decode(BILL, now);

    @Benchmark
    public Outcome decodeStatus() {
        return decoder.decode(RING, now);
    }

    @Benchmark
    public Outcome decodeBill() {
        return decoder.decode(BILL, now);
    }

    @Benchmark
    public JournalRecord encodeStatus() {
        return RecordEncoder.event(ring, null);
    }

    @Benchmark
    public JournalRecord encodeBill() {
        return RecordEncoder.event(bill, null);
    }
}
