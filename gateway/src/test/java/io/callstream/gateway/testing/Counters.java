package io.callstream.gateway.testing;

/** Checks that the counters of a gateway agree with each other, as the guide says. */
final class Counters {

    private Counters() {}

    /**
     * Returns what does not agree; empty if all do.
     *
     * @param isNew whether the journal was empty at the start
     */
    static String disagreement(Scrape metrics, boolean isNew) {
        StringBuilder wrong = new StringBuilder();
        compare(
                wrong,
                "requests",
                metrics.value("callstream_answer_time_seconds_count")
                        + metrics.value("callstream_requests_refused_total"),
                metrics.value("callstream_requests_total"));
        double durable = 0;
        for (String kind : new String[] {"ring", "answer", "hangup", "bill", "unclassified", "task", "undecodable"}) {
            durable += metrics.value("callstream_callbacks_total{kind=\"%s\",outcome=\"durable\"".formatted(kind));
        }
        compare(wrong, "copies", durable, metrics.value("callstream_callbacks_copies_total"));
        double unpublished = metrics.value("callstream_journal_appended_records_total")
                - metrics.value("callstream_journal_published_records_total");
        double records = metrics.value("callstream_journal_records");
        compare(wrong, "journal", isNew ? unpublished : Math.min(unpublished, records), isNew ? records : unpublished);
        return wrong.toString();
    }

    private static void compare(StringBuilder wrong, String what, double left, double right) {
        if (left != right) {
            wrong.append("%s: %.0f is not %.0f; ".formatted(what, left, right));
        }
    }
}
