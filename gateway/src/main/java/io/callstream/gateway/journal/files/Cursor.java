package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Stores the sequence below which every record is published. The file has two slots in two sectors, written in turn, so
 * that one is always intact. The journal's lock guards it; only {@link #sync} is called outside, because it blocks.
 *
 * <p>A write is a store into mapped memory. It survives the end of the process immediately, and a power loss after
 * {@link #sync} has returned.
 */
public final class Cursor {

    public static final String FILE = "cursor";

    private static final int SLOT = 512;
    private static final int VALUES = 16;

    private final Storage.StoredFile file;
    private final ByteBuffer slot = ByteBuffer.allocate(VALUES + 4);
    private long writes;
    private long position;
    private boolean damaged;

    Cursor(Storage storage) throws IOException {
        file = storage.map(FILE, 2 * SLOT);
        int valid = 0;
        int blank = 0;
        for (int i = 0; i < 2; i++) {
            // If the file is too short, the missing bytes count as zeros.
            Arrays.fill(slot.array(), (byte) 0);
            file.read((long) i * SLOT, slot.clear());
            slot.clear();
            long found = slot.getLong();
            long count = slot.getLong();
            int crc = slot.getInt();
            if (crc == checksum() && count > 0) {
                valid++;
                if (count > writes) {
                    writes = count;
                    position = found;
                }
            } else if (found == 0 && count == 0 && crc == 0) {
                blank++;
            }
        }
        damaged = valid == 0 && blank < 2;
    }

    /** All records below this sequence are published. The record with this sequence, if it exists, is not. */
    public long position() {
        return position;
    }

    /** Whether neither slot can be read, so that the position is unknown. */
    public boolean isDamaged() {
        return damaged;
    }

    public void advance(long to) throws IOException {
        position = to;
        writes++;
        slot.clear().putLong(to).putLong(writes);
        slot.putInt(checksum()).flip();
        file.write(writes % 2 * SLOT, slot);
    }

    public void sync() throws IOException {
        file.sync();
    }

    public void close() throws IOException {
        file.close();
    }

    private int checksum() {
        CRC32C crc = new CRC32C();
        crc.update(slot.array(), 0, VALUES);
        return (int) crc.getValue();
    }
}
