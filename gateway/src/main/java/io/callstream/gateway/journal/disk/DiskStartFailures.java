package io.callstream.gateway.journal.disk;

import io.callstream.gateway.journal.files.FolderStorage;
import io.callstream.gateway.journal.files.Identity;
import java.nio.file.FileSystemException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains why the disk journal cannot start, and how to fix it. */
final class DiskStartFailures {

    private DiskStartFailures() {}

    static final class Taken extends AbstractFailureAnalyzer<FolderStorage.TakenException> {

        @Override
        protected FailureAnalysis analyze(Throwable failure, FolderStorage.TakenException cause) {
            return new FailureAnalysis(
                    cause.getMessage(),
                    "Stop that process first. If it is another gateway, give this one a folder of its own:"
                            + " --callstream.journal.folder=<folder>.",
                    cause);
        }
    }

    static final class Version extends AbstractFailureAnalyzer<Identity.UnknownVersionException> {

        @Override
        protected FailureAnalysis analyze(Throwable failure, Identity.UnknownVersionException cause) {
            return new FailureAnalysis(
                    cause.getMessage(),
                    "Start the release that wrote it, have it drain, and then start this one; or choose another with"
                            + " --callstream.journal.folder=<folder>.",
                    cause);
        }
    }

    /** The folder is a file, belongs to another user, or is on a full disk. */
    static final class Folder extends AbstractFailureAnalyzer<FileSystemException> {

        @Override
        protected FailureAnalysis analyze(Throwable failure, FileSystemException cause) {
            return new FailureAnalysis(
                    "%s cannot be used (%s)."
                            .formatted(cause.getFile(), cause.getClass().getSimpleName()),
                    "Fix that, or choose another with --callstream.journal.folder=<folder>; a gateway without a disk"
                            + " has --callstream.journal.form=memory.",
                    cause);
        }
    }
}
