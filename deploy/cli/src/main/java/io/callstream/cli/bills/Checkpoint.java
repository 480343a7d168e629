package io.callstream.cli.bills;

import io.callstream.cli.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Properties;

/**
 * The progress of an import, stored in a file beside the export. It is valid only for the same export, read in the same
 * way and sent to the same gateway.
 */
final class Checkpoint {

    private static final String SIZE = "size";
    private static final String MODIFIED = "modified";
    private static final String HOW = "how";
    private static final String DONE = "done";

    private final Path file;
    private final Properties kept;

    private Checkpoint(Path file, Properties kept) {
        this.file = file;
        this.kept = kept;
    }

    /**
     * Reads the stored progress; without any, the import starts at the first bill.
     *
     * @param how the gateway, charset and format of this import
     * @param again whether to ignore the stored progress
     * @throws Fault if the stored progress is that of another export, gateway, charset or format
     */
    static Checkpoint of(Path export, String how, boolean again) throws IOException {
        Path file = export.resolveSibling(export.getFileName() + ".progress");
        Properties now = new Properties();
        now.setProperty(SIZE, Long.toString(Files.size(export)));
        now.setProperty(MODIFIED, Files.getLastModifiedTime(export).toString());
        now.setProperty(HOW, how);
        now.setProperty(DONE, "0");
        if (!again && Files.exists(file)) {
            Properties then = new Properties();
            try (InputStream in = Files.newInputStream(file)) {
                then.load(in);
            }
            if (!List.of(SIZE, MODIFIED, HOW).stream()
                    .allMatch(key -> now.getProperty(key).equals(then.getProperty(key)))) {
                throw new Fault(
                        "%s belongs to another version of the export, another gateway or another format. --again imports the whole export."
                                .formatted(file));
            }
            return new Checkpoint(file, then);
        }
        return new Checkpoint(file, now);
    }

    /** The number of bills, from the first one on, that the gateway has accepted or refused. */
    long done() {
        return Long.parseLong(kept.getProperty(DONE, "0"));
    }

    void done(long bills) throws IOException {
        kept.setProperty(DONE, Long.toString(bills));
        Path next = file.resolveSibling(file.getFileName() + ".tmp");
        try (OutputStream out = Files.newOutputStream(next)) {
            kept.store(out, "The progress of callstream import");
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
