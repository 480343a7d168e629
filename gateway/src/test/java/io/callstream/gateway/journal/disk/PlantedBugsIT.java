package io.callstream.gateway.journal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.callstream.gateway.testing.PlantedBug;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves that the model finds bugs: each of these mistakes, compiled into the journal, makes the model fail. */
@Tag("slow")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PlantedBugsIT {

    private static final int MOST_LIVES = 20_000;
    private static final String ROOM = "io.callstream.gateway.journal.";

    @TempDir
    Path classes;

    @BeforeAll
    static void quiet() {
        DiskJournalModelTest.quiet();
    }

    static Stream<Arguments> bugs() {
        return Stream.of(
                arguments("a receipt before the fsync", PlantedBug.in("journal/disk/Writer", "segments.sync();", ";")),
                arguments(
                        "no fsync of the directory",
                        PlantedBug.in("journal/files/Segments", "storage.syncNames();", "storage.names();")),
                arguments(
                        "what comes live overtakes what waits on disk",
                        PlantedBug.in(
                                "journal/disk/HandOut",
                                "this.read = cursor.position();",
                                "this.read = earlier.end();")),
                arguments(
                        "dropped when full",
                        PlantedBug.in(
                                "journal/disk/DiskJournal",
                                "append.complete(refusal);",
                                "append.complete(Receipt.ON_DISK);")),
                arguments(
                        "reading stops at the first bad checksum",
                        PlantedBug.in(
                                "journal/files/SegmentReader",
                                "while (end < limit && (batch = at(end, limit)) == null) {\n                end++;\n            }",
                                "end = limit;")),
                arguments(
                        "the cursor is ahead of the acknowledgements",
                        PlantedBug.in(
                                "journal/disk/HandOut",
                                "long low = inFlight.isEmpty() ? reached : inFlight.firstSequence();",
                                "long low = reached;")),
                arguments(
                        "a torn tail takes the whole segment with it",
                        PlantedBug.in(
                                "journal/files/Damaged",
                                "segments.cut(segment, position);",
                                "segments.cut(segment, 0);")),
                arguments(
                        "sequences are used again",
                        PlantedBug.in(
                                "journal/files/JournalFolder",
                                "name.base() + Segments.MOST_RECORDS",
                                "name.base() + 1")),
                arguments(
                        "a failed fsync is tried again on the same file",
                        PlantedBug.in("journal/disk/Writer", "segments.giveUp(again);", ";")
                                .and("journal/disk/HeldRecords", "written = again;", ";")),
                arguments(
                        "only the newest segment is synced",
                        PlantedBug.in(
                                "journal/files/Segments",
                                "unsynced.peekFirst()) != null; unsynced.removeFirst()",
                                "unsynced.peekLast()) != null; unsynced.clear()")),
                arguments(
                        "an older segment's blocks are taken for this one's",
                        PlantedBug.in(
                                "journal/files/RecordBatch",
                                "return generation == ANY || bytes.getLong(at + GENERATION_AT) == generation;",
                                "return true;")),
                arguments(
                        "a segment that was given up is read beyond the next one's base",
                        PlantedBug.in(
                                "journal/files/Segments",
                                "return next == null ? Long.MAX_VALUE : next.base();",
                                "return Long.MAX_VALUE;")),
                arguments(
                        "a record that Kafka acknowledged before its fsync stays the oldest",
                        PlantedBug.in(
                                        "journal/disk/HandOut",
                                        "long oldest = Math.max(reached, held.first());",
                                        "long oldest = held.first();")
                                .and("journal/disk/Writer", "handOut.releasePublished();", ";")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bugs")
    void theModelCatches(String name, PlantedBug bug) throws Exception {
        bug.compileInto(classes);
        Method live = new RoomLoader(classes)
                .loadClass(ROOM + "disk.DiskJournalModel")
                .getDeclaredMethod("live", long.class);
        live.setAccessible(true);
        String caught = null;
        int lives = 0;
        for (; caught == null && lives < MOST_LIVES; lives++) {
            try {
                live.invoke(null, (long) lives);
            } catch (InvocationTargetException e) {
                caught = e.getCause().getMessage();
            }
        }
        System.out.printf("planted: %s: %s after %d lives%n", name, caught == null ? "NOT CAUGHT" : caught, lives);
        assertThat(caught).as(name).isNotNull();
    }

    /** Loads the journal's classes again, including tests, with the mistake in them. */
    private static final class RoomLoader extends ClassLoader {

        private final Path planted;

        RoomLoader(Path planted) {
            super(PlantedBugsIT.class.getClassLoader());
            this.planted = planted;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(ROOM)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            for (Path root : new Path[] {planted, Path.of("target/classes"), Path.of("target/test-classes")}) {
                if (Files.exists(root.resolve(file))) {
                    try {
                        byte[] bytes = Files.readAllBytes(root.resolve(file));
                        return defineClass(name, bytes, 0, bytes.length);
                    } catch (IOException e) {
                        throw new ClassNotFoundException(name, e);
                    }
                }
            }
            throw new ClassNotFoundException(name);
        }
    }
}
