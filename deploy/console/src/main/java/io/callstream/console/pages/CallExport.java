package io.callstream.console.pages;

import io.callstream.console.calls.CallRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** The calls that a page shows, as a file: the same columns, the numbers masked as in the page. */
final class CallExport {

    /** A spreadsheet would take a text that begins so for a formula. */
    private static final String FORMULA = "=+-@\t\r";

    private static final List<String> COLUMNS = List.of(
            "callId",
            "updatedAt",
            "state",
            "company",
            "agent",
            "extension",
            "customer",
            "waitSeconds",
            "talkSeconds",
            "outcome");

    private CallExport() {}

    static String json(List<CallRow> calls) {
        return Json.text(calls.stream().map(CallExport::fields).toList());
    }

    static String csv(List<CallRow> calls) {
        StringBuilder text = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(text, CSVFormat.RFC4180)) {
            printer.printRecord(COLUMNS);
            for (CallRow call : calls) {
                Map<String, @Nullable Object> fields = fields(call);
                List<@Nullable Object> values = new ArrayList<>();
                COLUMNS.forEach(column -> values.add(harmless(fields.get(column))));
                printer.printRecord(values);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static @Nullable Object harmless(@Nullable Object value) {
        return value instanceof String text && !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0
                ? "'" + text
                : value;
    }

    private static Map<String, @Nullable Object> fields(CallRow call) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("callId", call.id());
        fields.put("updatedAt", call.updatedAt().toString());
        fields.put("state", call.state().label());
        fields.put("company", call.company());
        fields.put("agent", call.agent());
        fields.put("extension", call.extension());
        fields.put("customer", call.customer() == null ? null : Texts.masked(call.customer()));
        fields.put("waitSeconds", call.waitSeconds());
        fields.put("talkSeconds", call.talkSeconds());
        fields.put("outcome", CallList.outcome(call));
        return fields;
    }
}
