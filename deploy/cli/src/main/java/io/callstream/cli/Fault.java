package io.callstream.cli;

/** A command cannot do its work, because of a file, a gateway or Kafka. The message is a sentence for the user. */
public final class Fault extends RuntimeException {

    public Fault(String message) {
        super(message);
    }

    public Fault(String message, Throwable cause) {
        super(message, cause);
    }
}
