package io.callstream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Writes the results of a run as one HTML page that needs no other file. */
final class Report {

    private static final String[] COLOURS = {"#7a8794", "#0a7f5a", "#1f5fbf", "#b4581a", "#7b3fa0"};
    private static final int WIDTH = 860;
    private static final int ROW = 26;
    private static final int LABEL = 210;
    private static final int LINE_HEIGHT = 220;

    private final Results results;
    private final StringBuilder page = new StringBuilder();

    /**
     * A limit for one measurement.
     *
     * @param isReached whether the median is within the limit
     */
    record Target(String what, String wanted, String measured, boolean isReached) {}

    Report(Results results) {
        this.results = results;
    }

    void write(Path file, List<Target> targets, String machine) throws IOException {
        page.append("""
                <!doctype html><html lang="en"><meta charset="utf-8"><title>Callstream: speed</title>
                <style>
                body { font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 2em auto; padding: 0 1em; color: #1c2733 }
                h1 { font-size: 1.6em } h2 { font-size: 1.15em; margin-top: 2.2em }
                table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100% }
                th, td { text-align: right; padding: .25em .6em; border-bottom: 1px solid #dde3e8 } th:first-child, td:first-child { text-align: left }
                .yes { color: #0a7f5a; font-weight: 600 } .no { color: #b3261e; font-weight: 600 } p { color: #45525f } svg { width: 100%; height: auto }
                </style>
                <h1>Callstream: speed</h1>
                """);
        page.append("<p>%s. %s</p>".formatted(Instant.now(), machine));
        page.append(
                "<p>Medians; in brackets the least and the greatest of the interleaved windows, between which the true median"
                        + " lies with 98 % or more for seven of them. CPU and allocation are the measured process's own; load generator"
                        + " and brokers run beside it on the same processors and are not counted. (c) runs after the others, alone.</p>");
        page.append("<h2>Targets</h2><table><tr><th>what</th><th>wanted</th><th>measured</th><th></th></tr>");
        for (Target target : targets) {
            page.append("<tr><td>%s</td><td>%s</td><td>%s</td><td class=%s</td></tr>"
                    .formatted(
                            target.what(),
                            target.wanted(),
                            target.measured(),
                            target.isReached() ? "yes>reached" : "no>missed"));
        }
        page.append("</table>");
        for (Map.Entry<String, Map<String, List<Window>>> experiment :
                results.windows().entrySet()) {
            if (experiment.getKey().equals(SpeedIT.FLATNESS)) {
                lines(experiment.getKey(), experiment.getValue());
            } else {
                experiment(experiment.getKey(), experiment.getValue());
            }
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, page);
    }

    private void experiment(String name, Map<String, List<Window>> subjects) {
        page.append("<h2>%s</h2>".formatted(name));
        dots("CPU per callback, µs", subjects, Window::cpuMicros);
        page.append(
                "<table><tr><th></th><th>callbacks/s</th><th>p50 ms</th><th>p99 ms</th><th>p99.9 ms</th><th>CPU µs</th>"
                        + "<th>allocated KB</th><th>switches</th><th>resident MB</th></tr>");
        subjects.forEach((subject, windows) -> page.append(
                "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>"
                        .formatted(
                                subject,
                                median(windows, "%.0f", Window::perSecond),
                                median(windows, "%.1f", Window::p50),
                                median(windows, "%.1f", Window::p99),
                                median(windows, "%.1f", Window::p999),
                                median(windows, "%.1f", Window::cpuMicros),
                                median(windows, "%.1f", window -> window.allocatedBytes() / 1024),
                                median(windows, "%.2f", Window::switches),
                                median(windows, "%.0f", Window::residentMegabytes))));
        page.append("</table>");
    }

    private static String median(List<Window> windows, String format, ToDoubleFunction<Window> value) {
        Results.Median median =
                Results.Median.of(windows.stream().mapToDouble(value).boxed().toList());
        if (Double.isNaN(median.value())) {
            return "";
        }
        return windows.size() == 1
                ? format.formatted(median.value())
                : format.formatted(median.value()) + "<br><small>" + format.formatted(median.least()) + "–"
                        + format.formatted(median.greatest()) + "</small>";
    }

    /** Draws a row for each subject, with a dot for each window and a bar up to the median. */
    private void dots(String what, Map<String, List<Window>> subjects, ToDoubleFunction<Window> value) {
        double most = subjects.values().stream()
                .flatMap(List::stream)
                .mapToDouble(value)
                .max()
                .orElse(1);
        int height = subjects.size() * ROW + 24;
        page.append("<svg viewBox='0 0 %d %d' role=img aria-label='%s'>".formatted(WIDTH, height, what));
        int row = 0;
        for (Map.Entry<String, List<Window>> subject : subjects.entrySet()) {
            int y = row * ROW + ROW / 2;
            String colour = COLOURS[row % COLOURS.length];
            double median = Results.Median.of(subject.getValue().stream()
                            .mapToDouble(value)
                            .boxed()
                            .toList())
                    .value();
            page.append("<text x=0 y=%d font-size=13>%s</text>".formatted(y + 4, subject.getKey()));
            page.append(svg(
                    "<rect x=%d y=%d width=%.1f height=12 fill='%s' opacity=.25 />",
                    LABEL, y - 6, x(median, most), colour));
            for (Window window : subject.getValue()) {
                page.append(svg(
                        "<circle cx=%.1f cy=%d r=3.5 fill='%s' opacity=.8 />",
                        LABEL + x(value.applyAsDouble(window), most), y, colour));
            }
            page.append(svg(
                    "<text x=%.1f y=%d font-size=12 fill='#1c2733'>%.1f</text>",
                    LABEL + x(most, most) + 10, y + 4, median));
            row++;
        }
        page.append("<text x=%d y=%d font-size=12 fill='#7a8794'>%s, from 0</text></svg>"
                .formatted(LABEL, height - 4, what));
    }

    private static double x(double value, double most) {
        return value / most * (WIDTH - LABEL - 60);
    }

    /** Draws rate, p99 and resident memory over time. */
    private void lines(String name, Map<String, List<Window>> subjects) {
        page.append("<h2>%s</h2>".formatted(name));
        List<Window> windows = subjects.values().iterator().next();
        line("callbacks/s", windows, Window::perSecond, COLOURS[1]);
        line("p99, ms", windows, Window::p99, COLOURS[3]);
        line("resident, MB", windows, Window::residentMegabytes, COLOURS[2]);
    }

    private void line(String what, List<Window> windows, ToDoubleFunction<Window> value, String colour) {
        double most = windows.stream().mapToDouble(value).max().orElse(1) * 1.1;
        List<String> points = new ArrayList<>();
        for (int i = 0; i < windows.size(); i++) {
            points.add(svg(
                    "%.1f,%.1f",
                    60 + i * (WIDTH - 80.0) / Math.max(1, windows.size() - 1),
                    LINE_HEIGHT - 25 - value.applyAsDouble(windows.get(i)) / most * (LINE_HEIGHT - 45)));
        }
        page.append("<svg viewBox='0 0 %d %d' role=img aria-label='%s'>".formatted(WIDTH, LINE_HEIGHT, what));
        page.append("<polyline fill=none stroke='%s' stroke-width=2 points='%s' />"
                .formatted(colour, points.stream().collect(Collectors.joining(" "))));
        page.append(svg(
                "<line x1=60 x2=%d y1=%d y2=%d stroke='#c5ced6' />", WIDTH - 20, LINE_HEIGHT - 25, LINE_HEIGHT - 25));
        page.append(svg(
                "<text x=0 y=22 font-size=12>%.0f</text><text x=0 y=%d font-size=12>0</text><text x=60 y=%d font-size=12>%s</text></svg>",
                most, LINE_HEIGHT - 22, LINE_HEIGHT - 6, what));
    }

    private static String svg(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
