package io.callstream.cli.bills;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the bills of an export one by one, and marks each as imported. */
abstract class Bills implements Closeable {

    private static final String MARK = "callstreamImported";
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * A bill of the export.
     *
     * @param line the number of its line in the file, from 1; the last one of a CSV record that has several
     * @param callId the call's id, because the bills of a call must stay in order; empty if it cannot be read
     * @param callback the JSON to send; {@code null} if the line is not a bill
     */
    record Bill(long line, String callId, @Nullable String callback) {}

    /** Returns the next bill; {@code null} at the end. */
    abstract @Nullable Bill next() throws IOException;

    static Bills ofJsonLines(Path file, Charset charset) throws IOException {
        BufferedReader reader = Files.newBufferedReader(file, charset);
        return new Bills() {
            private long line;

            @Override
            @Nullable
            Bill next() throws IOException {
                String text;
                do {
                    text = reader.readLine();
                    line++;
                } while (text != null && text.isBlank());
                return text == null ? null : bill(line, text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text);
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }

    /** Adds the mark to the line's own text, because a parsed number can lose digits or its form. */
    private static Bill bill(long line, String text) {
        try {
            JsonNode bill = JSON.readTree(text);
            if (!bill.isObject()) {
                return new Bill(line, "", null);
            }
            String object = text.strip();
            String separator = bill.isEmpty() ? "" : ",";
            String marked = bill.has(MARK)
                    ? object
                    : object.substring(0, object.length() - 1) + separator + '"' + MARK + "\":true}";
            String callId = "";
            for (Map.Entry<String, JsonNode> field : bill.properties()) {
                callId = field.getKey().strip().equalsIgnoreCase("uuid")
                        ? field.getValue().asString("")
                        : callId;
            }
            return new Bill(line, callId, marked);
        } catch (JacksonException e) {
            return new Bill(line, "", null);
        }
    }

    static Bills ofCsv(Path file, Charset charset) throws IOException {
        BufferedReader reader = Files.newBufferedReader(file, charset);
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
        CSVParser parser = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .get()
                .parse(reader);
        Iterator<CSVRecord> records = parser.iterator();
        return new Bills() {
            @Override
            @Nullable
            Bill next() throws IOException {
                try {
                    return records.hasNext() ? bill(records.next(), parser.getCurrentLineNumber()) : null;
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
            }

            @Override
            public void close() throws IOException {
                parser.close();
            }
        };
    }

    private static Bill bill(CSVRecord record, long line) {
        if (!record.isConsistent()) {
            return new Bill(line, "", null);
        }
        var bill = JSON.createObjectNode();
        String callId = "";
        for (Map.Entry<String, String> field : record.toMap().entrySet()) {
            bill.put(field.getKey(), field.getValue());
            callId = field.getKey().equalsIgnoreCase("uuid") ? field.getValue() : callId;
        }
        bill.put(MARK, true);
        return new Bill(line, callId, bill.toString());
    }
}
