package io.callstream.gateway.journal.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CursorTest {

    @TempDir
    Path folder;

    /** A file system can lose the end of a file, and one of the two slots is enough. */
    @Test
    void aFileThatIsTooShortKeepsItsFirstSlot() throws IOException {
        try (FolderStorage storage = FolderStorage.of(folder)) {
            Cursor cursor = new Cursor(storage);
            cursor.advance(5);
            cursor.advance(6);
            cursor.close();
        }
        try (FileChannel file = FileChannel.open(folder.resolve(Cursor.FILE), StandardOpenOption.WRITE)) {
            file.truncate(512);
        }
        try (FolderStorage storage = FolderStorage.of(folder)) {
            Cursor cursor = new Cursor(storage);
            assertThat(cursor.position()).isEqualTo(6);
            assertThat(cursor.isDamaged()).isFalse();
            cursor.advance(7);
            assertThat(new Cursor(storage).position()).isEqualTo(7);
            cursor.close();
        }
    }
}
