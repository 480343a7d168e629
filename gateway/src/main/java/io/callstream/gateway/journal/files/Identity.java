package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Identifies a journal's folder, and states how its files are read. Stored in the file {@code format}: one line,
 * written twice.
 *
 * @param id as {@link io.callstream.gateway.journal.Journal#id}
 * @param salt the secret from which the generations of the segments are derived
 * @param since the first base sequence that this identity is valid for; older segments belong to an identity that was
 *     lost
 */
public record Identity(String id, long salt, long since) {

    public static final String FILE = "format";

    /** Replaces an identity that cannot be read. */
    static final Identity LOST = new Identity("", 0, Long.MAX_VALUE);

    /** Increased when releases that know only the previous version cannot read the new files. */
    static final int VERSION = 1;

    private static final Pattern LINE =
            Pattern.compile("(callstream-journal (\\d{1,9}) (\\S{1,64}) ([0-9a-f]{16}) (\\d{1,18})) ([0-9a-f]{8})");

    /** A later release has written the folder. */
    public static final class UnknownVersionException extends IOException {

        UnknownVersionException(int version) {
            super("The journal's folder is of format %d, this release knows %d.".formatted(version, VERSION));
        }
    }

    /**
     * Reads the identity. Returns {@code null} if the file does not exist or neither line can be read.
     *
     * @throws UnknownVersionException if a later release has written it
     */
    static @Nullable Identity read(Storage storage) throws IOException {
        if (!storage.names().contains(FILE)) {
            return null;
        }
        ByteBuffer text = ByteBuffer.allocate(1024);
        try (Storage.StoredFile file = storage.open(FILE)) {
            file.read(0, text);
            String lines = new String(text.array(), 0, text.position(), StandardCharsets.ISO_8859_1);
            for (Matcher found = LINE.matcher(lines); found.find(); ) {
                if (checksum(found.group(1)).equals(found.group(6))) {
                    int version = Integer.parseInt(found.group(2));
                    if (version != VERSION) {
                        throw new UnknownVersionException(version);
                    }
                    return new Identity(
                            found.group(3), Long.parseUnsignedLong(found.group(4), 16), Long.parseLong(found.group(5)));
                }
            }
            return null;
        }
    }

    /**
     * Creates a new identity. When this returns, it survives a power loss.
     *
     * @param since as {@link #since}
     */
    static Identity create(Storage storage, long since) throws IOException {
        Identity identity = new Identity(UUID.randomUUID().toString(), new SecureRandom().nextLong(), since);
        if (storage.names().contains(FILE)) {
            storage.delete(FILE);
        }
        try (Storage.StoredFile file = storage.create(FILE)) {
            identity.write(file);
        }
        storage.syncNames();
        return identity;
    }

    /** Writes both lines again, because one of them may be damaged. */
    void restore(Storage storage) throws IOException {
        try (Storage.StoredFile file = storage.open(FILE)) {
            write(file);
        }
    }

    private void write(Storage.StoredFile file) throws IOException {
        String values = "callstream-journal %d %s %016x %d".formatted(VERSION, id, salt, since);
        String line = values + ' ' + checksum(values) + '\n';
        file.write(0, ByteBuffer.wrap((line + line).getBytes(StandardCharsets.ISO_8859_1)));
        file.sync();
    }

    /** The generation of a segment's batches; {@link RecordBatch#ANY} if it belongs to an identity that was lost. */
    long generation(SegmentName segment) {
        return segment.base() < since ? RecordBatch.ANY : segment.generation(salt);
    }

    private static String checksum(String values) {
        CRC32C crc = new CRC32C();
        crc.update(values.getBytes(StandardCharsets.ISO_8859_1));
        return "%08x".formatted(crc.getValue());
    }
}
