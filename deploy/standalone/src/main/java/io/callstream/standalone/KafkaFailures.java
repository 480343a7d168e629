package io.callstream.standalone;

import io.callstream.embeddedkafka.EmbeddedKafka;
import java.nio.file.FileSystemException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains why the broker cannot start, and how to fix it. */
final class KafkaFailures {

    private KafkaFailures() {}

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
            return new FailureAnalysis(
                    cause.getMessage(),
                    "Stop that, or choose another with --callstream.standalone.data-folder=<folder>.",
                    cause);
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
