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

/** An export's bills, one after the other, each marked as imported. */
abstract class Bills implements Closeable {

    private static final String MARK = "callstreamImported";
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * A bill of the export.
     *
     * @param line where it stands in the file, from 1
     * @param callId what orders it among the bills of its call; empty where it cannot be read
     * @param callback as it is to be sent; {@code null} where the line is no bill
     */
    record Bill(long line, String callId, @Nullable String callback) {}

    /** The next one, {@code null} at the end. */
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

    /** Keeps the line's own text: a number in it may mean more than its value. */
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
                    return records.hasNext() ? bill(records.next()) : null;
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

    private static Bill bill(CSVRecord record) {
        if (!record.isConsistent()) {
            return new Bill(record.getRecordNumber() + 1, "", null);
        }
        var bill = JSON.createObjectNode();
        String callId = "";
        for (Map.Entry<String, String> field : record.toMap().entrySet()) {
            bill.put(field.getKey(), field.getValue());
            callId = field.getKey().equalsIgnoreCase("uuid") ? field.getValue() : callId;
        }
        bill.put(MARK, true);
        return new Bill(record.getRecordNumber() + 1, callId, bill.toString());
    }
}
