package io.callstream.gateway.codec;

import io.callstream.schemas.Event;
import org.jspecify.annotations.Nullable;

/** The result of decoding a callback: an event, or the reason why there is none. */
public sealed interface Outcome {

    /**
     * The callback is an event.
     *
     * @param id the hash of its canonical JSON: the same for a repeat, another for a correction
     */
    record Decoded(Event event, String id) implements Outcome {

        /** The kind's label, for metrics. */
        public String kind() {
            return event.kind().label();
        }
    }

    /**
     * The callback, or an item of a body, cannot be decoded.
     *
     * @param explanation a sentence that says the cause and what to do
     * @param callId the call it belongs to, where that could be read all the same
     */
    record Rejection(
            Reason reason, String explanation, @Nullable String callId) implements Outcome {

        public Rejection(Reason reason, String explanation) {
            this(reason, explanation, null);
        }

        /** The same rejection, with another sentence behind its explanation. */
        public Rejection with(String hint) {
            return new Rejection(reason, explanation + ' ' + hint, callId);
        }

        /** Why something goes to quarantine. The codes are part of the contract: operators sort and count by them. */
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
            /** Kafka rejected the record after the gateway had accepted it. */
            REFUSED_BY_KAFKA("refused-by-kafka"),
            /** A fault in the gateway's own code. */
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
}
