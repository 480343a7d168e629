package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.files.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The worst file system that {@link Storage} allows.
 *
 * <p>At a power loss, unsynced data survives, is lost, or survives in part: sector by sector and in any order. An
 * unsynced creation or deletion of a name can be lost. A file can already have its new length, filled with zeros or
 * with the data of a deleted file. A sync can fail. Then the data that it covers may be lost, and no later sync makes
 * it durable. At a kill, everything survives.
 */
final class ModelStorage implements Storage {

    private static final int SECTOR = 512;

    /** The process ends here. */
    static final class Crash extends Error {}

    private final Random random;
    private Map<String, Inode> names = new HashMap<>();
    private Map<String, Inode> durableNames = new HashMap<>();
    private final List<Runnable> pendingNames = new ArrayList<>();
    private final List<byte[]> deleted = new ArrayList<>();
    private int operationsLeft = Integer.MAX_VALUE;
    private boolean crashed;
    private double failures;
    private boolean full;
    private Runnable meanwhile = () -> {};

    ModelStorage(Random random) {
        this.random = random;
    }

    private static final class Inode {

        private byte[] now = new byte[0];
        private byte[] durable = new byte[0];
        private final List<Write> pending = new ArrayList<>();
    }

    /** @param bytes {@code null} if the file was truncated to {@code position} */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Write(int position, byte[] bytes) {}

    /** The process ends in the middle of an operation, after this many more complete ones. */
    void crashAfter(int operations) {
        operationsLeft = operations;
    }

    boolean hasCrashed() {
        return crashed;
    }

    /** Each write or sync fails with this probability. */
    void failing(double probability) {
        failures = probability;
    }

    void full(boolean now) {
        full = now;
    }

    /** Sets what other threads do during a write or a sync. */
    void meanwhile(Runnable others) {
        meanwhile = others;
    }

    /**
     * Prepares the files for the next process.
     *
     * @param powerLost whether the last process ended in a power loss, not in a kill
     */
    void restart(boolean powerLost) {
        if (powerLost) {
            for (Runnable change : pendingNames) {
                if (random.nextBoolean()) {
                    change.run();
                }
            }
            names = new HashMap<>(durableNames);
            double survives = random.nextInt(3) / 2.0;
            boolean grown = random.nextBoolean();
            names.values().stream().distinct().forEach(inode -> lose(inode, survives, grown));
        } else {
            names.values().stream().distinct().forEach(inode -> {
                inode.durable = inode.now;
                inode.pending.clear();
            });
            durableNames = new HashMap<>(names);
        }
        pendingNames.clear();
        crashed = false;
        operationsLeft = Integer.MAX_VALUE;
        failures = 0;
        full = false;
        meanwhile = () -> {};
    }

    private void lose(Inode inode, double survives, boolean grown) {
        byte[] left = partly(inode, survives);
        if (grown && left.length < inode.now.length) {
            int length = left.length;
            left = Arrays.copyOf(left, inode.now.length);
            byte[] stale = deleted.isEmpty() ? new byte[0] : deleted.get(random.nextInt(deleted.size()));
            if (length < stale.length) {
                System.arraycopy(stale, length, left, length, Math.min(stale.length, left.length) - length);
            }
        }
        inode.durable = left;
        inode.now = left.clone();
        inode.pending.clear();
    }

    /** Returns the durable bytes with a random part of the pending writes. */
    private byte[] partly(Inode inode, double survives) {
        byte[] left = inode.durable.clone();
        for (Write write : inode.pending) {
            if (write.bytes == null) {
                left = random.nextDouble() < survives && left.length > write.position
                        ? Arrays.copyOf(left, write.position)
                        : left;
                continue;
            }
            for (int at = 0; at < write.bytes.length; ) {
                int position = write.position + at;
                int length = Math.min(SECTOR - position % SECTOR, write.bytes.length - at);
                if (random.nextDouble() < survives) {
                    if (left.length < position + length) {
                        left = Arrays.copyOf(left, position + length);
                    }
                    System.arraycopy(write.bytes, at, left, position, length);
                }
                at += length;
            }
        }
        return left;
    }

    /** Flips a random bit of this byte. Every later process reads it so. */
    void flip(String name, int position) {
        Inode inode = names.get(name);
        inode.now[position] ^= (byte) (1 << random.nextInt(8));
        inode.durable = inode.now.clone();
    }

    byte[] content(String name) {
        return names.get(name).now;
    }

    private void operation() {
        if (crashed || operationsLeft-- <= 0) {
            crashed = true;
            throw new Crash();
        }
    }

    private void mayFail() throws IOException {
        if (random.nextDouble() < failures) {
            throw new IOException("injected");
        }
    }

    @Override
    public List<String> names() {
        return List.copyOf(names.keySet());
    }

    @Override
    public StoredFile create(String name) throws IOException {
        if (names.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        operation();
        mayFail();
        Inode inode = new Inode();
        names.put(name, inode);
        pendingNames.add(() -> durableNames.put(name, inode));
        return new ModelFile(inode, false);
    }

    @Override
    public StoredFile open(String name) throws IOException {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return new ModelFile(inode, false);
    }

    @Override
    public StoredFile map(String name, int size) throws IOException {
        Inode inode = names.get(name);
        if (inode == null) {
            operation();
            inode = new Inode();
            inode.now = new byte[size];
            inode.durable = new byte[size];
            names.put(name, inode);
            Inode made = inode;
            pendingNames.add(() -> durableNames.put(name, made));
        }
        return new ModelFile(inode, true);
    }

    @Override
    public void delete(String name) {
        operation();
        Inode inode = names.remove(name);
        if (inode != null) {
            deleted.add(inode.now);
            pendingNames.add(() -> durableNames.remove(name));
        }
    }

    @Override
    public void syncNames() throws IOException {
        operation();
        mayFail();
        durableNames = new HashMap<>(names);
        pendingNames.clear();
    }

    @Override
    public boolean isThere() {
        return true;
    }

    @Override
    public long freeBytes() {
        return full ? 0 : Long.MAX_VALUE;
    }

    @Override
    public void close() {}

    private final class ModelFile implements StoredFile {

        private final Inode inode;
        private final boolean mapped;

        ModelFile(Inode inode, boolean mapped) {
            this.inode = inode;
            this.mapped = mapped;
        }

        @Override
        public void write(long position, ByteBuffer from) throws IOException {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            if (!mapped) {
                meanwhile.run();
            }
            boolean ends = crashed || operationsLeft == 0;
            boolean fails = !ends && !mapped && random.nextDouble() < failures;
            if (ends || fails) {
                bytes = Arrays.copyOf(bytes, crashed ? 0 : random.nextInt(bytes.length + 1));
            }
            if (inode.now.length < position + bytes.length) {
                inode.now = Arrays.copyOf(inode.now, (int) position + bytes.length);
            } else {
                inode.now = inode.now.clone();
            }
            System.arraycopy(bytes, 0, inode.now, (int) position, bytes.length);
            inode.pending.add(new Write((int) position, bytes));
            operation();
            if (fails) {
                throw new IOException("injected");
            }
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            mayFail();
            int length = (int) Math.min(into.remaining(), inode.now.length - position);
            if (length > 0) {
                into.put(inode.now, (int) position, length);
            }
        }

        @Override
        public long size() {
            return inode.now.length;
        }

        @Override
        public void truncate(long size) {
            operation();
            inode.now = Arrays.copyOf(inode.now, (int) size);
            inode.pending.add(new Write((int) size, null));
        }

        @Override
        public void sync() throws IOException {
            meanwhile.run();
            operation();
            if (random.nextDouble() < failures) {
                inode.durable = partly(inode, 0.5);
                inode.pending.clear();
                throw new IOException("injected");
            }
            inode.durable = inode.now.clone();
            inode.pending.clear();
        }

        @Override
        public void close() {}
    }
}
