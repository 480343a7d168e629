package io.callstream.schemas;

/**
 * A record that is no event as this version knows them. To skip it is safe for a reader that has no use for kinds it
 * does not know; whoever must not miss anything parks its {@link #value()}, byte for byte, with the record's headers.
 */
public final class Unreadable implements Reading {

    private final Reason reason;
    private final String explanation;
    private final byte[] value;

    /** Why it cannot be read. */
    public enum Reason {
        /** Its type is none of {@link EventKind}: a newer gateway wrote it. */
        UNKNOWN_TYPE,
        /** It does not have the shape that its type promises: a stranger wrote it, or another major version. */
        MALFORMED
    }

    Unreadable(Reason reason, String explanation, byte[] value) {
        this.reason = reason;
        this.explanation = explanation;
        this.value = value;
    }

    public Reason reason() {
        return reason;
    }

    /** A sentence for a log: tells which field is wrong but none of its values, which may be phone numbers. */
    public String explanation() {
        return explanation;
    }

    /** The record's value as it came. */
    public byte[] value() {
        return value.clone();
    }

    @Override
    public String toString() {
        return "Unreadable[%s: %s]".formatted(reason, explanation);
    }
}
