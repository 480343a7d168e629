package io.callstream.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The measurements of a run, by experiment and subject, in the order in which they were made. */
final class Results {

    private final Map<String, Map<String, List<Window>>> windows = new LinkedHashMap<>();
    private final Map<String, List<Double>> numbers = new LinkedHashMap<>();

    /**
     * A median, with the least and the greatest value. With seven values or more, the true median is between these two
     * with a probability of 98 % or more.
     */
    record Median(double value, double least, double greatest) {

        static Median of(List<Double> values) {
            double[] sorted =
                    values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            return new Median(median, sorted[0], sorted[sorted.length - 1]);
        }

        String text(String format) {
            return (format + " (" + format + " to " + format + ")").formatted(value, least, greatest);
        }
    }

    void add(String experiment, Window window) {
        System.out.println("%-28s %s".formatted(experiment, window));
        windows.computeIfAbsent(experiment, e -> new LinkedHashMap<>())
                .computeIfAbsent(window.subject(), s -> new ArrayList<>())
                .add(window);
    }

    void add(String name, double value) {
        System.out.println("%-40s %.2f".formatted(name, value));
        numbers.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    Map<String, Map<String, List<Window>>> windows() {
        return windows;
    }

    List<Window> of(String experiment, String subject) {
        return windows.getOrDefault(experiment, Map.of()).getOrDefault(subject, List.of());
    }

    Median median(String experiment, String subject, ToDoubleFunction<Window> value) {
        return Median.of(
                of(experiment, subject).stream().mapToDouble(value).boxed().toList());
    }

    Median median(String name) {
        return Median.of(numbers.get(name));
    }

    boolean has(String name) {
        return numbers.containsKey(name);
    }

    /**
     * The median of the ratios of two subjects: the first subject's value divided by the second's, for each pair of
     * windows that ran one after the other.
     */
    Median ratio(
            String experiment, String subject, String otherExperiment, String other, ToDoubleFunction<Window> value) {
        List<Window> over = of(experiment, subject);
        List<Window> under = of(otherExperiment, other);
        Double[] ratios = new Double[Math.min(over.size(), under.size())];
        Arrays.setAll(ratios, i -> value.applyAsDouble(over.get(i)) / value.applyAsDouble(under.get(i)));
        return Median.of(List.of(ratios));
    }
}
