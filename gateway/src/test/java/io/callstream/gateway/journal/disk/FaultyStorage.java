package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.files.SegmentName;
import io.callstream.gateway.journal.files.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A real folder that runs actions before syncs.
 *
 * @param before runs before each sync of a new segment
 * @param beforeCursor runs before each sync of the cursor
 */
record FaultyStorage(Storage real, Callable<Void> before, Callable<Void> beforeCursor) implements Storage {

    @Override
    public List<String> names() throws IOException {
        return real.names();
    }

    @Override
    public StoredFile create(String name) throws IOException {
        StoredFile file = real.create(name);
        return SegmentName.of(name) == null ? file : new FaultyFile(file, before);
    }

    @Override
    public StoredFile open(String name) throws IOException {
        return real.open(name);
    }

    @Override
    public StoredFile map(String name, int size) throws IOException {
        return new FaultyFile(real.map(name, size), beforeCursor);
    }

    @Override
    public void delete(String name) throws IOException {
        real.delete(name);
    }

    @Override
    public void syncNames() throws IOException {
        real.syncNames();
    }

    @Override
    public boolean isThere() throws IOException {
        return real.isThere();
    }

    @Override
    public long freeBytes() throws IOException {
        return real.freeBytes();
    }

    @Override
    public void close() throws IOException {
        real.close();
    }

    private record FaultyFile(StoredFile real, Callable<Void> before) implements StoredFile {

        @Override
        public void write(long position, ByteBuffer bytes) throws IOException {
            real.write(position, bytes);
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            real.read(position, into);
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            real.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            try {
                before.call();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
            real.sync();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
