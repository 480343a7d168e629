package io.callstream.gateway.journal.files;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.RecordHeader;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;

/**
 * Reads and writes record batches with the classes of one Kafka release, from a given jar. The classes are no public
 * API and are in another package since 4.3, so they are found by name.
 */
final class KafkaRecords {

    private final ClassLoader classes;
    private final String room;
    private final String release;

    /** A batch as Kafka reads it. */
    record Read(
            boolean valid,
            long baseOffset,
            long producerId,
            int baseSequence,
            long maxTimestamp,
            List<ReadRecord> records) {}

    record ReadRecord(
            long offset, int sequence, long timestamp, ByteBuffer key, ByteBuffer value, List<ReadHeader> headers) {}

    record ReadHeader(String key, ByteBuffer value) {}

    private KafkaRecords(ClassLoader classes, String release) {
        this.classes = classes;
        this.release = release;
        this.room = Stream.of("org.apache.kafka.common.record.", "org.apache.kafka.common.record.internal.")
                .filter(name -> classes.getResource(name.replace('.', '/') + "MemoryRecords.class") != null)
                .findFirst()
                .orElseThrow();
    }

    /** Returns the build's own release and each release that the build has stored beside it. */
    static List<KafkaRecords> ofAllReleases() throws Exception {
        List<KafkaRecords> found = new ArrayList<>();
        found.add(new KafkaRecords(KafkaRecords.class.getClassLoader(), "the build's"));
        try (Stream<Path> jars = Files.list(Path.of("target", "kafka-releases"))) {
            for (Path jar :
                    jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                URL[] path = {jar.toUri().toURL()};
                found.add(
                        new KafkaRecords(new ChildFirst(path), jar.getFileName().toString()));
            }
        }
        return found;
    }

    byte[] write(long generation, int baseSequence, long first, long timestamp, List<JournalRecord> records)
            throws Exception {
        Class<?> simple = type(room + "SimpleRecord");
        Class<?> header = type("org.apache.kafka.common.header.Header");
        Object all = Array.newInstance(simple, records.size());
        for (int i = 0; i < records.size(); i++) {
            JournalRecord record = records.get(i);
            List<Header> headers = new ArrayList<>(record.headers());
            headers.add(0, RecordHeader.of("topic", record.topic()));
            Object own = Array.newInstance(header, headers.size());
            for (int j = 0; j < headers.size(); j++) {
                Array.set(
                        own,
                        j,
                        type("org.apache.kafka.common.header.internals.RecordHeader")
                                .getConstructor(String.class, byte[].class)
                                .newInstance(
                                        headers.get(j).key(), headers.get(j).value()));
            }
            Array.set(
                    all,
                    i,
                    simple.getConstructor(long.class, byte[].class, byte[].class, own.getClass())
                            .newInstance(timestamp, record.key(), record.value(), own));
        }
        Class<?> compression = type("org.apache.kafka.common.compress.Compression");
        Object none = compression.getField("NONE").get(null);
        Object written = type(room + "MemoryRecords")
                .getMethod(
                        "withIdempotentRecords",
                        byte.class,
                        long.class,
                        compression,
                        long.class,
                        short.class,
                        int.class,
                        int.class,
                        all.getClass())
                .invoke(null, (byte) 2, first, none, generation, (short) 0, baseSequence, -1, all);
        ByteBuffer buffer = (ByteBuffer) call(written, "buffer");
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** Returns the batches in the bytes. */
    List<Read> read(ByteBuffer bytes) throws Exception {
        Object records = type(room + "MemoryRecords")
                .getMethod("readableRecords", ByteBuffer.class)
                .invoke(null, bytes);
        List<Read> found = new ArrayList<>();
        for (Object batch : (Iterable<?>) call(records, "batches")) {
            List<ReadRecord> own = new ArrayList<>();
            boolean valid = (boolean) call(batch, "isValid");
            if (valid) {
                for (Object record : (Iterable<?>) batch) {
                    own.add(record(record));
                }
            }
            found.add(new Read(
                    valid,
                    (long) call(batch, "baseOffset"),
                    (long) call(batch, "producerId"),
                    (int) call(batch, "baseSequence"),
                    (long) call(batch, "maxTimestamp"),
                    own));
        }
        return found;
    }

    private static ReadRecord record(Object record) throws Exception {
        List<ReadHeader> headers = new ArrayList<>();
        for (Object header : (Object[]) call(record, "headers")) {
            headers.add(new ReadHeader((String) call(header, "key"), ByteBuffer.wrap((byte[]) call(header, "value"))));
        }
        return new ReadRecord(
                (long) call(record, "offset"),
                (int) call(record, "sequence"),
                (long) call(record, "timestamp"),
                (ByteBuffer) call(record, "key"),
                (ByteBuffer) call(record, "value"),
                headers);
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name, true, classes);
    }

    private static Object call(Object of, String method) throws Exception {
        Method found = of.getClass().getMethod(method);
        found.setAccessible(true);
        return found.invoke(of);
    }

    @Override
    public String toString() {
        return release;
    }

    /** Loads the classes of another release beside the build's own. */
    private static final class ChildFirst extends URLClassLoader {

        ChildFirst(URL[] path) {
            super(path, KafkaRecords.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("org.apache.kafka.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }

        @Override
        public URL getResource(String name) {
            return name.startsWith("org/apache/kafka/") ? findResource(name) : super.getResource(name);
        }
    }
}
