package io.callstream.cli.bills;

import io.callstream.cli.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/** How far an import has come, kept in a file beside the export. It is of that very export: another of that name begins anew. */
final class Checkpoint {

    private static final String SIZE = "size";
    private static final String MODIFIED = "modified";
    private static final String DONE = "done";

    private final Path file;
    private final Properties kept;

    private Checkpoint(Path file, Properties kept) {
        this.file = file;
        this.kept = kept;
    }

    /** @param again not to look at what was kept */
    static Checkpoint of(Path export, boolean again) throws IOException {
        Path file = export.resolveSibling(export.getFileName() + ".progress");
        Properties now = new Properties();
        now.setProperty(SIZE, Long.toString(Files.size(export)));
        now.setProperty(MODIFIED, Files.getLastModifiedTime(export).toString());
        now.setProperty(DONE, "0");
        if (!again && Files.exists(file)) {
            Properties then = new Properties();
            try (InputStream in = Files.newInputStream(file)) {
                then.load(in);
            }
            if (!now.getProperty(SIZE).equals(then.getProperty(SIZE))
                    || !now.getProperty(MODIFIED).equals(then.getProperty(MODIFIED))) {
                throw new Fault(
                        "%s is of another state of the export: --again imports all of it, another file name tells them apart."
                                .formatted(file));
            }
            now = then;
        }
        return new Checkpoint(file, now);
    }

    /** So many bills from the first on are with the gateway, or were refused by it. */
    long done() {
        return Long.parseLong(kept.getProperty(DONE, "0"));
    }

    void done(long bills) throws IOException {
        kept.setProperty(DONE, Long.toString(bills));
        Path next = file.resolveSibling(file.getFileName() + ".tmp");
        try (OutputStream out = Files.newOutputStream(next)) {
            kept.store(out, "How far callstream import has come");
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
