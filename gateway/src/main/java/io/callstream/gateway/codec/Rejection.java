package io.callstream.gateway.codec;

import org.jspecify.annotations.Nullable;

/**
 * Why an item of a body cannot be decoded.
 *
 * @param explanation a sentence that says the cause and what to do
 * @param callId the call it belongs to, where that could be read all the same
 */
public record Rejection(
        Reason reason, String explanation, @Nullable String callId) implements Outcome {

    public Rejection(Reason reason, String explanation) {
        this(reason, explanation, null);
    }

    /** The same, with another sentence. */
    public Rejection with(String hint) {
        return new Rejection(reason, explanation + ' ' + hint, callId);
    }

    /** Why something goes to quarantine, as codes that stay; operators sort and count by them. */
    public enum Reason {
        EMPTY("empty"),
        NOT_TEXT("not-text"),
        NOT_JSON("not-json"),
        NOT_AN_OBJECT("not-an-object"),
        DUPLICATE_FIELD("duplicate-field"),
        NO_CALL_ID("no-call-id"),
        MALFORMED_FORM("malformed-form"),
        TOO_MANY_ITEMS("too-many-items"),
        TOO_LARGE("too-large"),
        UNSUPPORTED_MEDIA_TYPE("unsupported-media-type"),
        /** Kafka does not take the record, although it was accepted. */
        REFUSED_BY_KAFKA("refused-by-kafka"),
        /** Ours: reading it failed where nothing should. */
        FAULT("fault");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }
}
