package io.callstream.standalone;

import io.callstream.embeddedkafka.EmbeddedKafka;
import io.callstream.gateway.journal.files.FolderStorage;
import java.nio.file.FileSystemException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Explains why the standalone run cannot start, and how to fix it. */
final class StandaloneFailures {

    private static final String ANOTHER_FOLDER =
            "Stop that process, or choose another folder with --callstream.standalone.data-folder=<folder>.";

    private StandaloneFailures() {}

    static final class Port extends AbstractFailureAnalyzer<EmbeddedKafka.PortTakenException> {

        @Override
        protected FailureAnalysis analyze(Throwable failure, EmbeddedKafka.PortTakenException cause) {
            return new FailureAnalysis(
                    "Port %d is taken.".formatted(cause.port()),
                    "Choose another for Kafka with --callstream.standalone.kafka-port=<port>.",
                    cause);
        }
    }

    static final class Folder extends AbstractFailureAnalyzer<EmbeddedKafka.FolderTakenException> {

        @Override
        protected FailureAnalysis analyze(Throwable failure, EmbeddedKafka.FolderTakenException cause) {
            return new FailureAnalysis(cause.getMessage(), ANOTHER_FOLDER, cause);
        }
    }

    /** The gateway's own advice names the journal's folder, which is a part of the data folder here. */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class Journal extends AbstractFailureAnalyzer<FolderStorage.TakenException> {

        @Override
        protected FailureAnalysis analyze(Throwable failure, FolderStorage.TakenException cause) {
            return new FailureAnalysis(cause.getMessage(), ANOTHER_FOLDER, cause);
        }
    }

    /** The folder is a file, belongs to another user, or is on a full disk. */
    static final class File extends AbstractFailureAnalyzer<FileSystemException> {

        @Override
        protected FailureAnalysis analyze(Throwable failure, FileSystemException cause) {
            return new FailureAnalysis(
                    "%s cannot be used (%s)."
                            .formatted(cause.getFile(), cause.getClass().getSimpleName()),
                    "Fix that, or choose another with --callstream.standalone.data-folder=<folder>.",
                    cause);
        }
    }
}
