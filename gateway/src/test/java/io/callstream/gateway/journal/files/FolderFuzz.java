package io.callstream.gateway.journal.files;

import io.callstream.gateway.journal.JournalRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A journal's folder with changed bytes is opened, or refused with an {@link IOException}. No record is handed out that
 * was not written, and the batches of a segment before its first changed byte are handed out.
 *
 * <p>The first byte chooses whether only segments are changed. Then follow changes of four bytes: a file, a position of
 * two bytes, and the new value.
 */
final class FolderFuzz {

    private static final int BATCHES = 12;
    private static final int CHANGE = 4;
    private static final long SEGMENT_BYTES = 600;

    private static final Path FOLDER;
    private static final Map<String, byte[]> FILES = new TreeMap<>();

    /** The ends of the batches of each segment, in bytes, and the sequences before which they end. */
    private static final Map<String, Map<Long, Long>> ENDS = new HashMap<>();

    static {
        try {
            FOLDER = Files.createTempDirectory("folder-fuzz");
            try (FolderStorage storage = FolderStorage.of(FOLDER)) {
                JournalFolder folder = JournalFolder.open(storage, SEGMENT_BYTES);
                long sequence = folder.end();
                for (int batch = 0; batch < BATCHES; batch++) {
                    List<JournalRecord> records = new ArrayList<>();
                    for (int i = 0; i <= batch % 3; i++) {
                        records.add(new JournalRecord("calls.events", null, List.of(), value(sequence + i)));
                    }
                    folder.segments().write(sequence, records, 1);
                    sequence += records.size();
                    Segments.Segment segment = folder.segments().from(sequence - 1);
                    ENDS.computeIfAbsent(segment.name().file(), name -> new TreeMap<>())
                            .put(segment.size(), sequence);
                }
                folder.segments().sync();
                folder.close();
            }
            for (Path file : files()) {
                if (!file.endsWith(FolderStorage.LOCK)) {
                    FILES.put(file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private FolderFuzz() {}

    private static byte[] value(long sequence) {
        return ("the value of record " + sequence).getBytes(StandardCharsets.US_ASCII);
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.toList();
        }
    }

    /** The entry point that Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        boolean segmentsOnly = (data[0] & 1) == 0;
        List<String> names = new ArrayList<>(segmentsOnly ? ENDS.keySet() : FILES.keySet());
        names.sort(null);
        Map<String, Long> firstChange = new HashMap<>();
        Map<String, byte[]> changed = new HashMap<>();
        FILES.forEach((name, bytes) -> changed.put(name, bytes.clone()));
        for (int at = 1; at + CHANGE <= data.length; at += CHANGE) {
            String name = names.get((data[at] & 0xff) % names.size());
            byte[] bytes = changed.get(name);
            int position = ((data[at + 1] & 0xff) << 8 | (data[at + 2] & 0xff)) % bytes.length;
            bytes[position] = data[at + 3];
            firstChange.merge(name, (long) position, Math::min);
        }
        for (Path file : files()) {
            Files.delete(file);
        }
        for (Map.Entry<String, byte[]> file : changed.entrySet()) {
            Files.write(FOLDER.resolve(file.getKey()), file.getValue());
        }
        Map<Long, byte[]> found;
        try {
            found = recovered();
        } catch (IOException e) {
            if (segmentsOnly) {
                throw e;
            }
            return;
        }
        found.forEach((sequence, value) -> check(
                new String(value(sequence), StandardCharsets.US_ASCII)
                        .equals(new String(value, StandardCharsets.US_ASCII)),
                "record " + sequence + " was not written"));
        if (segmentsOnly) {
            ENDS.forEach((name, ends) -> ends.forEach((end, sequence) -> check(
                    firstChange.getOrDefault(name, Long.MAX_VALUE) < end || found.containsKey(sequence - 1),
                    "record " + (sequence - 1) + " is not found")));
        }
    }

    private static Map<Long, byte[]> recovered() throws IOException {
        Map<Long, byte[]> found = new HashMap<>();
        try (FolderStorage storage = FolderStorage.of(FOLDER)) {
            JournalFolder folder = JournalFolder.open(storage, SEGMENT_BYTES);
            BacklogReader reader =
                    new BacklogReader(folder.segments(), new Damaged(storage, folder.segments(), stretch -> {}));
            long from = folder.cursor().position();
            while (from < folder.end()) {
                BacklogReader.Fetched fetched = reader.fetch(from, folder.end());
                check(fetched.upTo() > from, "no progress at " + from);
                fetched.records()
                        .forEach(record -> found.put(
                                record.record().sequence(),
                                record.record().record().value()));
                from = fetched.upTo();
            }
            reader.close();
            folder.close();
        }
        JournalInspection.of(FOLDER);
        return found;
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
