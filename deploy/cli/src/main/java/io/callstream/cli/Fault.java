package io.callstream.cli;

/** Something in a command's surroundings keeps it from its work; the message is a sentence for whoever called it. */
public final class Fault extends RuntimeException {

    public Fault(String message) {
        super(message);
    }

    public Fault(String message, Throwable cause) {
        super(message, cause);
    }
}
