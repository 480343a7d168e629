package io.callstream.schemas;

/**
 * A record that this version cannot read as an event. A consumer that does not need unknown kinds can skip it. A
 * consumer that must not lose anything stores {@link #value()}, byte for byte, with the record's headers, for example
 * in a dead letter topic.
 */
public final class Unreadable implements Reading, TimelineReading {

    private final Reason reason;
    private final String explanation;
    private final byte[] value;

    /** Why a record cannot be read. */
    public enum Reason {
        /** The record's type is missing or not in {@link EventKind}: in general, a newer gateway wrote the record. */
        UNKNOWN_TYPE,
        /** The value does not have the shape of its type: another program or another major version wrote the record. */
        MALFORMED
    }

    Unreadable(Reason reason, String explanation, byte[] value) {
        this.reason = reason;
        this.explanation = explanation;
        this.value = value;
    }

    /**
     * Returns why the record cannot be read.
     *
     * @return the reason, never {@code null}
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns a sentence for the log. It can name the unknown type or the wrong field. It contains no value of a field,
     * because that can be a phone number.
     *
     * @return the sentence, in English
     */
    public String explanation() {
        return explanation;
    }

    /**
     * Returns the record's value, byte for byte.
     *
     * @return a copy, never {@code null}
     */
    public byte[] value() {
        return value.clone();
    }

    @Override
    public String toString() {
        return "Unreadable[%s: %s]".formatted(reason, explanation);
    }
}
