package io.callstream.gateway.testing;

import java.util.List;

/** The samples that the Prometheus endpoint has returned at one moment. */
record Scrape(List<String> samples) {

    static Scrape of(String text) {
        return new Scrape(text.lines().toList());
    }

    /**
     * Returns the metric's value, summed over its labels.
     *
     * @param name a metric, or the beginning of a sample with its labels, such as
     *     {@code callstream_answer_time_seconds_bucket\{le="0.5"\}}
     */
    double value(String name) {
        return samples.stream()
                .filter(line -> line.startsWith(name + ' ')
                        || line.startsWith(name + '{')
                        || (name.contains("{") && line.startsWith(name)))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
