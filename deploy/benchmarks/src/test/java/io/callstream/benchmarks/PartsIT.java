package io.callstream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the JMH benchmarks of the gateway's own code: time and allocation. Writes {@code target/report/parts.json}. */
@Tag("bench")
@Timeout(900)
class PartsIT {

    @Test
    void oneByOne() throws Exception {
        Path report = Path.of("target", "report", "parts.json");
        Files.createDirectories(report.getParent());
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("io\\.callstream\\..*Benchmark")
                        .forks(1)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(4)
                        .measurementTime(TimeValue.seconds(1))
                        .addProfiler(GCProfiler.class)
                        .resultFormat(ResultFormatType.JSON)
                        .result(report.toString())
                        .build())
                .run();
        assertThat(results).isNotEmpty();
    }
}
