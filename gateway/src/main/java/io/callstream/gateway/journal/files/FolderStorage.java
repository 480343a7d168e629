package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of a real file system. A lock allows only one process at a time to write in it. */
public final class FolderStorage implements Storage {

    static final String LOCK = "lock";

    /**
     * Locked folders of this process. A file lock belongs to the process, and closing any channel of the file releases
     * it.
     */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileStore store;
    private final boolean forReading;
    private final @Nullable FileChannel lock;
    private final FileChannel names;
    private final @Nullable Object identity;
    private final FileAttribute<?>[] ownersOnly;

    /** The folder is in use. */
    public static final class TakenException extends IOException {

        TakenException(Path folder) {
            super("The journal's folder %s is in use by another process.".formatted(folder));
        }
    }

    private FolderStorage(Path folder, boolean forReading) throws IOException {
        this.folder = folder;
        this.forReading = forReading;
        this.store = Files.getFileStore(folder);
        this.ownersOnly = store.supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        this.names = FileChannel.open(folder, StandardOpenOption.READ);
        try {
            this.identity = fileKey();
            this.lock = forReading ? null : lock();
        } catch (IOException e) {
            names.close();
            throw e;
        }
    }

    /**
     * Opens a folder to write in it.
     *
     * @param folder is created if it does not exist
     * @throws TakenException if a process uses the folder
     */
    public static FolderStorage of(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            createForOwner(folder);
            try (FileChannel parent = FileChannel.open(folder.resolve("..").normalize(), StandardOpenOption.READ)) {
                parent.force(true);
            }
        }
        return new FolderStorage(folder.toRealPath(), false);
    }

    private static void createForOwner(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder);
        }
    }

    /** Opens a folder to read it, even if a process writes in it. Nothing in it is created or changed. */
    static FolderStorage readOnly(Path folder) throws IOException {
        return new FolderStorage(folder, true);
    }

    /** Whether a process writes in the folder, this process included. */
    boolean isTaken() throws IOException {
        if (OPEN_HERE.contains(folder.toRealPath())) {
            return true;
        }
        if (!Files.exists(folder.resolve(LOCK))) {
            return false;
        }
        try (FileChannel file = open(LOCK, StandardOpenOption.READ);
                FileLock free = file.tryLock(0, Long.MAX_VALUE, true)) {
            return free == null;
        }
    }

    private FileChannel lock() throws IOException {
        if (!OPEN_HERE.add(folder)) {
            throw new TakenException(folder);
        }
        FileChannel file = null;
        try {
            file = open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (file.tryLock() != null) {
                return file;
            }
            throw new TakenException(folder);
        } catch (IOException e) {
            OPEN_HERE.remove(folder);
            if (file != null) {
                file.close();
            }
            throw e;
        }
    }

    @Override
    public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Override
    public StoredFile create(String name) throws IOException {
        return new ChannelFile(
                open(name, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public StoredFile open(String name) throws IOException {
        return new ChannelFile(
                forReading
                        ? open(name, StandardOpenOption.READ)
                        : open(name, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public StoredFile map(String name, int size) throws IOException {
        if (forReading) {
            return open(name);
        }
        try (FileChannel file =
                open(name, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            int length = (int) Math.min(size, file.size());
            if (length < size) {
                // Zeros are written, not skipped: a store into a hole of a file on a full disk would end the process.
                file.write(ByteBuffer.allocate(size - length), length);
                file.force(true);
            }
            return new MappedFile(file.map(FileChannel.MapMode.READ_WRITE, 0, size));
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void syncNames() throws IOException {
        names.force(true);
    }

    @Override
    public boolean isThere() throws IOException {
        try {
            return Objects.equals(identity, fileKey());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Distinguishes this folder from another one with the same name; {@code null} if the file system has no such key.
     */
    private @Nullable Object fileKey() throws IOException {
        return Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    }

    @Override
    public long freeBytes() throws IOException {
        return store.getUsableSpace();
    }

    @Override
    public void close() throws IOException {
        names.close();
        if (lock != null) {
            lock.close();
            OPEN_HERE.remove(folder);
        }
    }

    private FileChannel open(String name, StandardOpenOption... options) throws IOException {
        return FileChannel.open(folder.resolve(name), Set.of(options), ownersOnly);
    }

    private static final class ChannelFile implements StoredFile {

        private final FileChannel channel;

        ChannelFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(long position, ByteBuffer bytes) throws IOException {
            for (long at = position; bytes.hasRemaining(); ) {
                at += channel.write(bytes, at);
            }
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            long at = position;
            for (int read; into.hasRemaining() && (read = channel.read(into, at)) >= 0; ) {
                at += read;
            }
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class MappedFile implements StoredFile {

        private final MappedByteBuffer bytes;

        MappedFile(MappedByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public void write(long position, ByteBuffer from) {
            bytes.put((int) position, from, from.position(), from.remaining());
            from.position(from.limit());
        }

        @Override
        public void read(long position, ByteBuffer into) {
            int count = Math.min(into.remaining(), bytes.capacity() - (int) position);
            into.put(into.position(), bytes, (int) position, count);
            into.position(into.position() + count);
        }

        @Override
        public long size() {
            return bytes.capacity();
        }

        @Override
        public void truncate(long size) {
            throw new UnsupportedOperationException("Its size is fixed");
        }

        @Override
        public void sync() throws IOException {
            try {
                bytes.force();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }

        /** Does nothing: the memory is unmapped when the buffer is garbage-collected. */
        @Override
        public void close() {}
    }
}
