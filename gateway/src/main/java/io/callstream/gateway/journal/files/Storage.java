package io.callstream.gateway.journal.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The little that the disk journal wants of a file system, and exactly what it may rely on: so small that a model of the
 * worst file system can stand in for it.
 *
 * <p>What was written is there for whoever reads it, in this process or in the next. It survives the loss of power only
 * if {@link StoredFile#sync} has returned since, and a name made or deleted only if {@link #syncNames} has.
 */
public interface Storage extends Closeable {

    /** The files that there are, in no order. */
    List<String> names() throws IOException;

    /** Makes an empty file, for its owner's eyes only. Fails where there is one of that name. */
    StoredFile create(String name) throws IOException;

    /** A file that is there. */
    StoredFile open(String name) throws IOException;

    /**
     * Opens, or makes with zeros in it, a small file of fixed size that is written often: a write costs no system call
     * and blocks nobody.
     */
    StoredFile map(String name, int size) throws IOException;

    void delete(String name) throws IOException;

    /** Returns once the names made and deleted so far survive the loss of power. */
    void syncNames() throws IOException;

    /**
     * Whether the folder is still the one that was opened. One that was removed or replaced takes every file with it, while
     * those that are open can be written to as before.
     */
    boolean isThere() throws IOException;

    /** Bytes that others can still write. */
    long freeBytes() throws IOException;

    @Override
    void close() throws IOException;

    /** A file by absolute positions. Safe for one writer and any number of readers. */
    interface StoredFile extends Closeable {

        /** Writes all that remains in the buffer. */
        void write(long position, ByteBuffer bytes) throws IOException;

        /** Fills the buffer as far as the file goes. */
        void read(long position, ByteBuffer into) throws IOException;

        long size() throws IOException;

        void truncate(long size) throws IOException;

        /** Returns once everything written so far survives the loss of power. */
        void sync() throws IOException;

        @Override
        void close() throws IOException;
    }
}
