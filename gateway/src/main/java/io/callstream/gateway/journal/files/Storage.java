package io.callstream.gateway.journal.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The file operations that the disk journal needs, and the guarantees that it relies on. It is small, so that a test
 * can replace it with a model of the worst possible file system.
 *
 * <p>Every reader, in this process and in the next one, sees the bytes that were written. They survive a power loss
 * only after {@link StoredFile#sync} has returned, and a name created or deleted only after {@link #syncNames} has
 * returned.
 */
public interface Storage extends Closeable {

    /** The names of all files, in no particular order. */
    List<String> names() throws IOException;

    /** Creates an empty file that only its owner can access. Fails if the name exists. */
    StoredFile create(String name) throws IOException;

    /** Opens an existing file. */
    StoredFile open(String name) throws IOException;

    /**
     * Opens a small file of fixed size that is written often, or creates it with zeros. A write makes no system call
     * and does not block.
     */
    StoredFile map(String name, int size) throws IOException;

    void delete(String name) throws IOException;

    /** Returns when the names created and deleted so far survive a power loss. */
    void syncNames() throws IOException;

    /**
     * Whether the folder is still the one that was opened. If it was removed or replaced, its files are lost when they
     * are closed, although writes to open files still succeed.
     */
    boolean isThere() throws IOException;

    /** The bytes that can still be written to the disk. */
    long freeBytes() throws IOException;

    @Override
    void close() throws IOException;

    /** A file that is accessed by absolute positions. Safe for one writer and any number of readers. */
    interface StoredFile extends Closeable {

        /** Writes all remaining bytes of the buffer. */
        void write(long position, ByteBuffer bytes) throws IOException;

        /** Fills the buffer, or reads to the end of the file if that is less. */
        void read(long position, ByteBuffer into) throws IOException;

        long size() throws IOException;

        void truncate(long size) throws IOException;

        /** Returns when everything written so far survives a power loss. */
        void sync() throws IOException;

        @Override
        void close() throws IOException;
    }
}
