package io.callstream.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.gateway.metrics.GatewayMetrics.SecretUse;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * Checks that the table in {@code deploy/README.md} contains every metric of the gateway, with its type and labels, as
 * Prometheus scrapes it, and that the column of alerts names the rules that use it.
 */
class MetricsTableTest {

    private static final Path GUIDE = Path.of("../deploy/README.md");
    private static final Path RULES = Path.of("../deploy/prometheus/callstream.rules.yaml");
    private static final Pattern ROW =
            Pattern.compile("\\| `(callstream_[a-z_]+)` \\| (\\w+) \\| ([^|]*) \\| [^|]+ \\| ([^|]*) \\|");
    private static final Pattern TYPE = Pattern.compile("# TYPE (callstream_\\w+) (\\w+)");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(callstream_\\w+)(?:\\{([^}]*)})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
    private static final Pattern LITERAL = Pattern.compile("`([^`]+)`");

    /** @param type as Prometheus names it */
    record Metric(String type, TreeSet<String> labels) {}

    private static Map<String, Metric> scraped() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        GatewayMetrics metrics = new GatewayMetrics(registry);
        metrics.durable(true, 1);
        metrics.answered(1);
        metrics.request("POST", 200);
        metrics.refused(503);
        metrics.quarantined("not-json", 1);
        metrics.credentialDenied("wrong");
        metrics.secrets(List.of(new SecretUse("acme", "first", () -> 0, Instant.EPOCH)));
        metrics.tenantsFile(() -> true);
        metrics.connections("callbacks", 1, 1, () -> 1, () -> 1);
        metrics.connectionClosed("callbacks", "idle");
        metrics.journal(1, () -> 1, () -> 1, () -> Duration.ZERO, () -> 1, () -> 1);
        metrics.journalSync();
        metrics.journalMemory(1, () -> 1);
        metrics.journalDisk(1, () -> 1);
        metrics.journalDamage();
        metrics.journalFailures();
        metrics.relay(1, () -> 1, () -> 1, () -> true);
        metrics.relayRestarts();
        metrics.spans();
        TenantMetrics tenant = metrics.tenant("acme");
        tenant.callback("ring", "durable", 1);
        tenant.received(1);
        tenant.bill(true, "normal", 1L, 1L);
        tenant.aboveRate();
        tenant.aboveShare("journal");
        tenant.aboveQuarantineQuota(1);
        return metrics(registry.scrape());
    }

    /** Returns the metrics of a scrape by name. The quantile or bucket of a summary or histogram is not a label. */
    private static Map<String, Metric> metrics(String scrape) {
        Map<String, Metric> metrics = new TreeMap<>();
        TYPE.matcher(scrape)
                .results()
                .filter(type -> !type.group(1).endsWith("_max"))
                .forEach(type -> metrics.put(type.group(1), new Metric(type.group(2), new TreeSet<>())));
        SAMPLE.matcher(scrape).results().forEach(sample -> {
            Metric metric = metrics.get(sample.group(1).replaceFirst("_(bucket|sum|count)$", ""));
            if (metric != null && sample.group(2) != null) {
                LABEL.matcher(sample.group(2))
                        .results()
                        .map(label -> label.group(1))
                        .filter(label -> !label.equals("le"))
                        .forEach(metric.labels::add);
            }
        });
        return metrics;
    }

    private static Stream<Matcher> rows() throws IOException {
        return Files.readAllLines(GUIDE).stream().map(ROW::matcher).filter(Matcher::matches);
    }

    private static List<String> literals(String cell) {
        return LITERAL.matcher(cell).results().map(word -> word.group(1)).toList();
    }

    @Test
    void theGuideHasEveryMetricAsItIsScraped() throws IOException {
        Map<String, Metric> documented = rows().collect(Collectors.toMap(
                row -> row.group(1),
                row -> new Metric(row.group(2), new TreeSet<>(literals(row.group(3)))),
                (a, b) -> a,
                TreeMap::new));
        assertThat(documented).isEqualTo(scraped());
    }

    @Test
    void theGuideNamesTheAlertsOfEachMetric() throws IOException {
        Map<String, TreeSet<String>> used = new TreeMap<>();
        Map<String, String> recorded = new TreeMap<>();
        Map<String, List<Map<String, List<Map<String, String>>>>> rules = new Yaml().load(Files.readString(RULES));
        rules.get("groups").stream()
                .flatMap(group -> group.get("rules").stream())
                .forEach(rule -> recorded.merge(
                        rule.getOrDefault("alert", rule.get("record")), rule.get("expr"), String::concat));
        recorded.forEach((rule, expression) -> {
            if (!rule.contains(":")) {
                String whole = expression;
                for (Map.Entry<String, String> other : recorded.entrySet()) {
                    whole = whole.contains(other.getKey()) ? whole + other.getValue() : whole;
                }
                Matcher metric = Pattern.compile("callstream_\\w+").matcher(whole);
                while (metric.find()) {
                    used.computeIfAbsent(metric.group().replaceFirst("_(bucket|sum|count)$", ""), m -> new TreeSet<>())
                            .add(rule);
                }
            }
        });
        Map<String, TreeSet<String>> documented = new TreeMap<>();
        rows().filter(row -> !row.group(4).isBlank())
                .forEach(row -> documented.put(row.group(1), new TreeSet<>(literals(row.group(4)))));
        assertThat(documented).isEqualTo(used);
    }

    @Test
    void theRunbookHasASectionForEachAlert() throws IOException {
        Set<String> sections = Files.readAllLines(GUIDE).stream()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
        List<String> runbooks = Pattern.compile("runbook_url: https://\\S+/deploy/README.md#(\\S+)")
                .matcher(Files.readString(RULES))
                .results()
                .map(runbook -> runbook.group(1))
                .toList();
        assertThat(runbooks).hasSizeGreaterThan(10);
        assertThat(sections).containsAll(runbooks);
    }
}
